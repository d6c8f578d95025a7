from datetime import datetime

from pydantic import BaseModel


class Comment(BaseModel):
    author: str
    text: str
    posted_at: datetime


class Post(BaseModel):
    title: str
    body: str
    comments: list[Comment]
