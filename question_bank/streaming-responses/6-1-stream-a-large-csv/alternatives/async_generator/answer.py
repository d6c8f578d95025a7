import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
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


@app.get("/bookings.csv", response_class=StreamingResponse)
async def export(rows=Depends(get_rows)):
    try:
        batch = await run_in_threadpool(take, rows)
    except SourceError:
        await run_in_threadpool(rows.close)
        raise HTTPException(status_code=503)
    return StreamingResponse(
        lines(rows, batch),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="bookings.csv"'},
    )


def take(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, 1))


async def lines(rows: Any, batch: list[Row]) -> AsyncIterator[bytes]:
    try:
        yield ",".join(COLUMNS).encode() + b"\r\n"
        while batch:
            yield encoded(batch)
            batch = await run_in_threadpool(list, islice(rows, 25))
    finally:
        rows.close()


def encoded(batch: list[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_MINIMAL)
    for row in batch:
        record = dict(zip(COLUMNS, row))
        for column in ("customer", "note"):
            if record[column] and record[column][0] in FORMULA:
                record[column] = "'" + record[column]
        writer.writerow(record)
    return out.getvalue().encode("utf-8")
