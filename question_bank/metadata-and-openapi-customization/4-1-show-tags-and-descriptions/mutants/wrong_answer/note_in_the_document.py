# catches: note_is_left_out
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path

TAGS = [
    {"name": "loans", "description": "Borrow and return books."},
    {"name": "books", "description": "Find books."},
    {"name": "staff", "description": "For the desk only."},
]
app = FastAPI(title="Town library", openapi_tags=TAGS)

SHELVES = {"9780306406157": "C 4", "9783161484100": "A 1"}
Isbn = Annotated[str, Path(description="Thirteen digits, no hyphens.")]


@app.get("/books/{isbn}", tags=["books"], responses={404: {"description": "No such book."}})
def read_book(isbn: Isbn) -> dict[str, str]:
    """One book, **with** its shelf.

    For colleagues: SHELVES moves to PostgreSQL in spring.
    """
    if isbn not in SHELVES:
        raise HTTPException(404, "no such book")
    return {"isbn": isbn, "shelf": SHELVES[isbn]}


@app.post("/loans", status_code=201, tags=["loans"])
def borrow(isbn: str) -> dict[str, str]:
    return {"borrowed": isbn}


@app.delete("/loans/{loan_id}", status_code=204, tags=["loans", "staff"])
def forget_loan(loan_id: int) -> None:
    return None
