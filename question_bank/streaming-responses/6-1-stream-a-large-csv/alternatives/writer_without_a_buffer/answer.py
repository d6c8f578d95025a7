import csv
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


class Echo:
    """A file that keeps nothing: what is written comes back."""

    def write(self, text: str) -> str:
        return text


class Export:
    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
        try:
            self.first = next(rows, None)
        except SourceError:
            rows.close()
            raise HTTPException(503, "Try again later.") from None

    def __iter__(self) -> Iterator[str]:
        with closing(self.rows):
            yield "id,day,customer,amount,note\r\n"
            if self.first is not None:
                for row in chain([self.first], self.rows):
                    yield self.line(*row)

    def line(self, number: int, day: date, customer: str, amount: Decimal, note: str | None) -> str:
        customer, note = (self.disarm(text or "") for text in (customer, note))
        return self.writer.writerow([number, day.isoformat(), customer, format(amount, "f"), note])

    @staticmethod
    def disarm(text: str) -> str:
        return "'" + text if text[:1] in FORMULA and text else text


@app.get("/bookings.csv")
def export(rows: Annotated[Any, Depends(get_rows)]) -> StreamingResponse:
    response = StreamingResponse(Export(rows), media_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="bookings.csv"'
    return response
