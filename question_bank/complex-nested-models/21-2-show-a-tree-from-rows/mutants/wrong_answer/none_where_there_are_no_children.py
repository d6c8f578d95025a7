# catches: example_becomes_a_tree, two_levels_become_a_tree, tree_is_as_deep_as_its_rows
# catches: rows_come_in_any_order
# catches: requests_share_nothing, schema_is_recursive
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
    children: list["Category"] | None = None


@app.get("/categories")
def categories(rows: Annotated[list[Row], Depends(load_rows)]) -> list[Category]:
    found = {row.id: Category(id=row.id, name=row.name) for row in rows}
    top = []
    for row in rows:
        if row.parent_id is None:
            top.append(found[row.id])
        else:
            parent = found[row.parent_id]
            parent.children = [*(parent.children or []), found[row.id]]
    return top
