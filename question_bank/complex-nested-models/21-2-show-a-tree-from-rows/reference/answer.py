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


class Category(BaseModel):
    id: int
    name: str
    children: list["Category"] = []


@app.get("/categories")
def categories(rows: Annotated[list[Row], Depends(load_rows)]) -> list[Category]:
    found = {row.id: Category(id=row.id, name=row.name) for row in rows}
    top = []
    for row in rows:
        siblings = top if row.parent_id is None else found[row.parent_id].children
        siblings.append(found[row.id])
    return top
