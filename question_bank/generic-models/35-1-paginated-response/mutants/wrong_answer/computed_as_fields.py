# catches: computed_values_cannot_be_sent
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = Field(ge=0)
    page: int = Field(ge=1)
    size: int = Field(ge=1, le=100)
    pages: int = 0
    has_next: bool = False

    @model_validator(mode="after")
    def _fill(self) -> Self:
        if len(self.items) > self.size:
            raise ValueError("more items than the page holds")
        self.pages = -(-self.total // self.size)
        self.has_next = self.page < self.pages
        return self


def paginate(rows: list, *, page: int, size: int, item_type: type[T]) -> Page[T]:
    start = (page - 1) * size
    return Page[item_type](
        items=rows[start : start + size], total=len(rows), page=page, size=size
    )
