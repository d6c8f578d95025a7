from fastapi import FastAPI, HTTPException

app = FastAPI(title="Town library")

SHELVES = {"9780306406157": "C 4", "9783161484100": "A 1"}


@app.get("/books/{isbn}")
def read_book(isbn: str) -> dict[str, str]:
    # for colleagues: SHELVES moves to PostgreSQL in spring
    if isbn not in SHELVES:
        raise HTTPException(404, "no such book")
    return {"isbn": isbn, "shelf": SHELVES[isbn]}


@app.post("/loans", status_code=201)
def borrow(isbn: str) -> dict[str, str]:
    return {"borrowed": isbn}


@app.delete("/loans/{loan_id}", status_code=204)
def forget_loan(loan_id: int) -> None:
    return None
