from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, PrivateAttr, StringConstraints, ValidationInfo, field_validator


def with_zone(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a time zone is needed")
    return moment


def at_most_fifty(comments: list[Comment]) -> list[Comment]:
    if height(comments) > 50:
        raise ValueError("too deep")
    return comments


def height(comments: list[Comment]) -> int:
    return max((comment._height for comment in comments), default=0)


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Comment(BaseModel, extra="forbid"):
    author: Name
    text: Text
    posted_at: Annotated[datetime, AfterValidator(with_zone)]
    replies: list[Comment] = []
    _height: int = PrivateAttr(default=1)
    _size: int = PrivateAttr(default=1)

    @field_validator("replies")
    @classmethod
    def in_order(cls, replies: list[Comment], info: ValidationInfo) -> list[Comment]:
        parent = info.data.get("posted_at")
        for reply in replies:
            if parent is not None and reply.posted_at < parent:
                raise ValueError("the reply is older")
        return replies

    def model_post_init(self, context: Any) -> None:
        self._height = 1 + height(self.replies)
        self._size = 1 + sum(reply._size for reply in self.replies)


class Post(BaseModel, extra="forbid"):
    title: Title
    body: Body
    comments: Annotated[list[Comment], AfterValidator(at_most_fifty)] = []

    @property
    def comment_count(self) -> int:
        return sum(comment._size for comment in self.comments)
