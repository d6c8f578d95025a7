# catches: fifty_levels_are_accepted
from collections.abc import Iterator
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

MOST_LEVELS = 50


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Comment(Strict):
    author: str = Field(min_length=1, max_length=50)
    text: str = Field(min_length=1, max_length=2000)
    posted_at: AwareDatetime
    replies: list["Comment"] = Field(default_factory=list)

    @model_validator(mode="after")
    def _replies_are_not_older(self) -> Self:
        if any(reply.posted_at < self.posted_at for reply in self.replies):
            raise ValueError("a reply is older than what it replies to")
        return self


class Post(Strict):
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1)
    comments: list[Comment] = Field(default_factory=list)

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        for number, _ in enumerate(self._levels(), start=1):
            if number >= MOST_LEVELS:
                raise ValueError(f"more than {MOST_LEVELS} levels of comments")
        return self

    @property
    def comment_count(self) -> int:
        return sum(len(level) for level in self._levels())

    def _levels(self) -> Iterator[list[Comment]]:
        level = self.comments
        while level:
            yield level
            level = [reply for comment in level for reply in comment.replies]
