"""What an API route that lists takes from the query string, and what it answers."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from greenroom.core.paging import DEFAULT_SIZE, MAX_CURSOR, MAX_SIZE, Page, decode, encode

__all__ = ["SIZE", "Cursor", "Listing", "Page", "Size", "decode", "encode"]

T = TypeVar("T")
Cursor = Annotated[
    str | None,
    Query(
        max_length=MAX_CURSOR, description="`next` of the page before; leave it out for the first."
    ),
]
Size = Annotated[int, Query(ge=1, le=MAX_SIZE, description="Items a page.")]
SIZE = DEFAULT_SIZE


class Listing(BaseModel, Generic[T]):
    """One page of a list as JSON."""

    items: list[T]
    total: int
    next: str | None
