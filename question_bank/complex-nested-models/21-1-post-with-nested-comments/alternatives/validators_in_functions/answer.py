from datetime import datetime
from typing import List

from pydantic import BaseModel, Field, field_validator, model_validator


class Comment(BaseModel):
    model_config = {"extra": "forbid"}

    author: str
    text: str
    posted_at: datetime
    replies: List["Comment"] = []

    @field_validator("author", "text")
    @classmethod
    def fits(cls, value, info):
        value = value.strip()
        if not 1 <= len(value) <= {"author": 50, "text": 2000}[info.field_name]:
            raise ValueError("too short or too long")
        return value

    @field_validator("posted_at", mode="after")
    @classmethod
    def has_zone(cls, value):
        assert value.tzinfo is not None, "no time zone"
        return value

    @model_validator(mode="after")
    def check_order(self):
        for reply in self.replies:
            if reply.posted_at < self.posted_at:
                raise ValueError("older than its comment")
        return self


class Post(BaseModel):
    model_config = {"extra": "forbid"}

    title: str
    body: str
    comments: List[Comment] = Field(default=[])

    @field_validator("title", "body", mode="before")
    @classmethod
    def strip(cls, value):
        return value.strip() if isinstance(value, str) else value

    @field_validator("title")
    @classmethod
    def title_fits(cls, value):
        if not 1 <= len(value) <= 200:
            raise ValueError("1 to 200 characters")
        return value

    @field_validator("body")
    @classmethod
    def body_is_there(cls, value):
        if value == "":
            raise ValueError("nothing written")
        return value

    @model_validator(mode="after")
    def check_depth(self):
        stack = [(comment, 1) for comment in self.comments]
        while stack:
            comment, level = stack.pop()
            if level > 50:
                raise ValueError("too many levels")
            stack.extend((reply, level + 1) for reply in comment.replies)
        return self

    @property
    def comment_count(self):
        def count(comments):
            return sum(1 + count(comment.replies) for comment in comments)

        return count(self.comments)


Comment.model_rebuild()
