# catches: source_is_closed
import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from queue import Queue
from threading import Thread
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


@app.get("/bookings.csv")
def export(rows: Annotated[Iterator[Row], Depends(get_rows)]) -> StreamingResponse:
    try:
        first = list(islice(rows, 1))
    except SourceError as error:
        rows.close()
        raise HTTPException(503, "The bookings cannot be read.") from error
    headers = {"Content-Disposition": 'attachment; filename="bookings.csv"'}
    return StreamingResponse(written(first, rows), media_type="text/csv", headers=headers)


def written(first: list[Row], rows: Any) -> Iterator[str]:
    lines: Queue[Any] = Queue(maxsize=20)
    Thread(target=read_ahead, args=(first, rows, lines), daemon=True).start()
    while (line := lines.get()) is not None:
        if isinstance(line, SourceError):
            raise line
        yield line


def read_ahead(first: list[Row], rows: Any, lines: Queue[Any]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    with closing(rows):
        try:
            for row in chain([COLUMNS], first, rows):
                writer.writerow(cells(row))
                lines.put(buffer.getvalue())
                buffer.seek(0)
                buffer.truncate()
            lines.put(None)
        except SourceError as error:
            lines.put(error)


def cells(row: Row) -> list[Any]:
    return [harmless(value) if isinstance(value, str) else value for value in row]


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
