from typing import Annotated, NamedTuple

from fastapi import Depends, FastAPI

app = FastAPI()


class Row(NamedTuple):
    id: int
    name: str
    parent_id: int | None


def load_rows() -> list[Row]:
    """Stands for the query."""
    return [Row(1, "Shoes", None), Row(3, "Trail", 2), Row(2, "Running", 1)]


@app.get("/categories")
def categories(rows: Annotated[list[Row], Depends(load_rows)]) -> list[Row]:
    return rows
