from typing import Any

from fastapi import FastAPI, HTTPException

# The store and the stock service: in production a database and an HTTP request.

ORDERS: dict[int, str] = {}  # the item of each order
DOWN: set[int] = set()  # orders that cannot be read at the moment
ASKED: list[dict[str, str]] = []  # the headers of each request to the stock service


class StoreDown(Exception):
    pass


def find_order(order_id: int) -> str | None:
    """Return the order's item, None where there is no such order. Raises StoreDown."""
    if order_id in DOWN:
        raise StoreDown("The store does not answer.")
    return ORDERS.get(order_id)


def ask_stock(item: str, headers: dict[str, str]) -> int:
    """Return how many there are."""
    ASKED.append(dict(headers))
    return int(item.split("-")[1])  # raises ValueError where an item has no such number


# The API.

app = FastAPI()


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict[str, Any]:
    try:
        item = find_order(order_id)
    except StoreDown:
        raise HTTPException(503, "Try again later.") from None
    if item is None:
        raise HTTPException(404, "There is no such order.")
    return {"id": order_id, "item": item, "in_stock": ask_stock(item, {})}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
