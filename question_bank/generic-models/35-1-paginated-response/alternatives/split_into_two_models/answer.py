from itertools import islice
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, NonNegativeInt, PositiveInt, computed_field, conint, model_validator

Row = TypeVar("Row")


class Window(BaseModel):
    total: NonNegativeInt
    page: PositiveInt
    size: conint(ge=1, le=100)

    @computed_field
    @property
    def pages(self) -> int:
        whole, rest = divmod(self.total, self.size)
        return whole + (rest > 0)

    @computed_field
    @property
    def has_next(self) -> bool:
        return self.pages > self.page


class Page(Window, Generic[Row]):
    items: list[Row]

    @model_validator(mode="before")
    @classmethod
    def _count(cls, data: Any) -> Any:
        if isinstance(data, dict):
            items, size = data.get("items"), data.get("size")
            if isinstance(items, list) and isinstance(size, int) and len(items) > size:
                raise ValueError("a page never holds more than its size")
        return data


def paginate(rows, *, page, size, item_type):
    first = (page - 1) * size
    return Page[item_type](
        items=list(islice(rows, first, first + size)), total=len(rows), page=page, size=size
    )
