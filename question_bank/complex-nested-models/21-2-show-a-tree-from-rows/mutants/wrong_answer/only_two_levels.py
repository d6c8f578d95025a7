# catches: example_becomes_a_tree, tree_is_as_deep_as_its_rows, rows_come_in_any_order, requests_share_nothing
# catches: schema_is_recursive
from typing import Annotated, NamedTuple

from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Row(NamedTuple):
    id: int
    name: str
    parent_id: int | None


def load_rows() -> list[Row]:
    """Stands for the query."""
    return [Row(1, "Shoes", None), Row(3, "Trail", 2), Row(2, "Running", 1)]


class Child(BaseModel):
    id: int
    name: str
    children: list["Child"] = []


class Category(BaseModel):
    id: int
    name: str
    children: list[Child] = []


@app.get("/categories")
def categories(rows: Annotated[list[Row], Depends(load_rows)]) -> list[Category]:
    return [
        Category(
            id=top.id,
            name=top.name,
            children=[Child(id=row.id, name=row.name) for row in rows if row.parent_id == top.id],
        )
        for top in rows
        if top.parent_id is None
    ]
