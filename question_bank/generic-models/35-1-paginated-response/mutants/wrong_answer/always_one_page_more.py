# catches: pages_rounds_up, large_totals_are_exact, nothing_is_no_page
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, Field, computed_field, model_validator

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = Field(ge=0)
    page: int = Field(ge=1)
    size: int = Field(ge=1, le=100)

    @model_validator(mode="after")
    def _no_more_than_size(self) -> Self:
        if len(self.items) > self.size:
            raise ValueError("more items than the page holds")
        return self

    @computed_field
    @property
    def pages(self) -> int:
        return self.total // self.size + 1

    @computed_field
    @property
    def has_next(self) -> bool:
        return self.page < self.pages


def paginate(rows: list, *, page: int, size: int, item_type: type[T]) -> Page[T]:
    start = (page - 1) * size
    return Page[item_type](
        items=rows[start : start + size], total=len(rows), page=page, size=size
    )
