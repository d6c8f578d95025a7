from typing import Annotated

from annotated_types import Ge, Interval
from pydantic import BaseModel, ValidationInfo, computed_field, field_validator


class Page[Item](BaseModel):
    size: Annotated[int, Interval(ge=1, le=100)]
    page: Annotated[int, Ge(1)]
    total: Annotated[int, Ge(0)]
    items: list[Item]

    @field_validator("items")
    @classmethod
    def _fits(cls, items: list[Item], info: ValidationInfo) -> list[Item]:
        size = info.data.get("size")
        if size is not None and len(items) > size:
            raise ValueError("too many items")
        return items

    @computed_field
    def pages(self) -> int:
        return (self.total + self.size - 1) // self.size

    @computed_field
    def has_next(self) -> bool:
        return self.page * self.size < self.total


def paginate(rows, *, page, size, item_type):
    offset = size * (page - 1)
    cut = [row for n, row in enumerate(rows) if offset <= n < offset + size]
    return Page[item_type].model_validate(
        {"items": cut, "total": len(rows), "page": page, "size": size}
    )
