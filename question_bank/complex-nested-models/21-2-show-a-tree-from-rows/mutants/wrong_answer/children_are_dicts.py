# catches: schema_is_recursive
from typing import Annotated, Any, NamedTuple

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
    children: list[dict[str, Any]] = []


@app.get("/categories")
def categories(rows: Annotated[list[Row], Depends(load_rows)]) -> list[Category]:
    def below(parent_id: int | None) -> list[dict[str, Any]]:
        return [
            {"id": row.id, "name": row.name, "children": below(row.id)}
            for row in rows
            if row.parent_id == parent_id
        ]

    return [Category(**top) for top in below(None)]
