# catches: serves_the_catalogue, a_hit_leaves_the_catalogue_alone, processes_share_lists
import logging
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from redis import Redis
from redis.exceptions import RedisError

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




class Change(BaseModel):
    price: Decimal


SECONDS_KEPT = 60
LISTS = TypeAdapter(list[Product])

# A Redis that hangs may cost each of two commands a quarter of a second.
redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=0.25, socket_connect_timeout=0.25)
app = FastAPI()


def ask(command: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Return what Redis says, None where it says nothing."""
    try:
        return command(*args, **options)
    except RedisError:
        logging.exception("Redis does not answer.")
        return None


def key_of(category: str) -> str:
    return f"products:{category}"


def kept(category: str) -> list[Product] | None:
    """Return the list as it is kept, None where there is none that can be read."""
    found = ask(redis.get, key_of(category))
    if found is None:
        return None
    try:
        return LISTS.validate_json(found)
    except ValidationError:
        return None  # another release wrote it


def keep(category: str, products: list[Product]) -> None:
    ask(redis.set, key_of(category), LISTS.dump_json(products), ex=SECONDS_KEPT)


def forget(category: str) -> None:
    ask(redis.delete, key_of(category))


@app.get("/products")
def read_products(category: str, response: Response) -> list[Product]:
    products = kept(category)
    if products is not None:
        response.headers["X-Cache"] = "hit"
        return products
    keep(category, load_products(category))
    response.headers["X-Cache"] = "miss"
    return load_products(category)


@app.patch("/products/{product_id}")
def update_product(product_id: int, change: Change) -> Product:
    try:
        product = change_price(product_id, change.price)
    except KeyError:
        raise HTTPException(404, "There is no such product.") from None
    forget(product.category)  # after the change: a list loaded before it must not stay
    return product
