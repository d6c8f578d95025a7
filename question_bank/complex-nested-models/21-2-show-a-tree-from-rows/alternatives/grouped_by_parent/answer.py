from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Row(NamedTuple):
    id: int
    name: str
    parent_id: int | None


def load_rows() -> list[Row]:
    """Stands for the query."""
    return [Row(1, "Shoes", None), Row(3, "Trail", 2), Row(2, "Running", 1)]


class Category(BaseModel):
    id: int
    name: str
    children: list[Category] = Field(default_factory=list)


@app.get("/categories", response_model=list[Category])
async def categories(rows: list[Row] = Depends(load_rows)) -> Any:
    below = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def level(parent_id: int | None) -> list[dict[str, Any]]:
        return [
            {"id": row.id, "name": row.name, "children": level(row.id)} for row in below[parent_id]
        ]

    return level(None)
