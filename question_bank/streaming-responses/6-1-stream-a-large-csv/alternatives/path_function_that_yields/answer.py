import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

Row = tuple[int, date, str, Decimal, str | None]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("id", "day", "customer", "amount", "note")

app = FastAPI()


class SourceError(Exception):
    """The source cannot give the next row."""


def bookings() -> Iterator[Row]:
    yield 1, date(2026, 11, 5), "Lind, Ada", Decimal("120.50"), None
    yield 2, date(2026, 11, 6), "Grace", Decimal("-15.00"), "=refund"


def get_rows() -> Iterator[Row]:
    return bookings()


class CSVResponse(StreamingResponse):
    media_type = "text/csv"

    def init_headers(self, headers: Any = None) -> None:
        super().init_headers({"Content-Disposition": 'attachment; filename="bookings.csv"'})


def open_rows(rows: Annotated[Any, Depends(get_rows)]) -> Iterator[Iterator[Row]]:
    with closing(rows):
        try:
            first = next(rows)
        except StopIteration:
            yield iter(())
            return
        except SourceError:
            raise HTTPException(503) from None
        yield chain([first], rows)


@app.get("/bookings.csv", response_class=CSVResponse)
def export(rows: Annotated[Iterator[Row], Depends(open_rows)]) -> Iterator[str]:
    yield line(COLUMNS)
    for row in rows:
        yield line(row)


def line(values: tuple[Any, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(
        "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
        for value in values
    )
    return buffer.getvalue()
