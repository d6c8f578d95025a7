# catches: later_failure_breaks_off
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import batched, chain, islice
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


def open_rows(rows: Annotated[Any, Depends(get_rows)]) -> Iterator[Iterator[Row]]:
    with closing(rows):
        yield rows


@app.get("/bookings.csv")
def export(rows: Annotated[Iterator[Row], Depends(open_rows)]) -> StreamingResponse:
    try:
        first = list(islice(rows, 1))
    except SourceError as error:
        raise HTTPException(503, "The bookings cannot be read.") from error
    headers = {"Content-Disposition": 'attachment; filename="bookings.csv"'}
    return StreamingResponse(written(chain(first, rows)), media_type="text/csv", headers=headers)


def written(rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield buffer.getvalue()
    try:
        for batch in batched(rows, 20):
            buffer.seek(0)
            buffer.truncate()
            writer.writerows(cells(row) for row in batch)
            yield buffer.getvalue()
    except SourceError as error:
        yield f"ERROR: {error}\r\n"
        raise


def cells(row: Row) -> list[Any]:
    return [harmless(value) if isinstance(value, str) else value for value in row]


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
