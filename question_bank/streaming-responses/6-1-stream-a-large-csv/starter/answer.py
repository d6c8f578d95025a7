from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

Row = tuple[int, date, str, Decimal, str | None]
COLUMNS = ("id", "day", "customer", "amount", "note")

app = FastAPI()


class SourceError(Exception):
    """The source cannot give the next row."""


def bookings() -> Iterator[Row]:
    yield 1, date(2026, 11, 5), "Lind, Ada", Decimal("120.50"), None
    yield 2, date(2026, 11, 6), "Grace", Decimal("-15.00"), "=refund"


def get_rows() -> Iterator[Row]:
    return bookings()


@app.get("/bookings.csv")
def export(rows: Annotated[Iterator[Row], Depends(get_rows)]) -> StreamingResponse:
    raise NotImplementedError
