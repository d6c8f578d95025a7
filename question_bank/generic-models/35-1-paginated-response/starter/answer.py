from pydantic import BaseModel


class Page(BaseModel):
    """Items of one type, and where in the whole they stand."""


def paginate(rows, *, page, size, item_type):
    """Return the given page of rows as Page[item_type]."""
