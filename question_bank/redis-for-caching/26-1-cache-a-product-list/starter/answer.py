import os
from decimal import Decimal

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

REDIS_URL = os.environ["REDIS_URL"]


# The catalogue: in production a database that takes a third of a second for a list.


class Product(BaseModel):
    id: int
    category: str
    name: str
    price: Decimal


PRODUCTS: dict[int, Product] = {}
LOADS: list[str] = []  # the category of each load


def load_products(category: str) -> list[Product]:
    LOADS.append(category)
    return [product for product in PRODUCTS.values() if product.category == category]


def change_price(product_id: int, price: Decimal) -> Product:
    """Return the changed product. Raises KeyError where there is none."""
    product = PRODUCTS[product_id].model_copy(update={"price": price})
    PRODUCTS[product_id] = product
    return product


# The API.


class Change(BaseModel):
    price: Decimal


app = FastAPI()


@app.get("/products")
def read_products(category: str, response: Response) -> list[Product]:
    # Ask Redis first.
    response.headers["X-Cache"] = "miss"
    return load_products(category)


@app.patch("/products/{product_id}")
def update_product(product_id: int, change: Change) -> Product:
    try:
        return change_price(product_id, change.price)
    except KeyError:
        raise HTTPException(404, "There is no such product.") from None
