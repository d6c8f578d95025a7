"""The finished body is kept, after a mark of the format, and sent as it is; a decorator does it."""

import functools
import os
from decimal import Decimal

import redis
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, RootModel
from redis.backoff import NoBackoff
from redis.retry import Retry

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


MARK = b"v1 "
store = redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.2,
    socket_connect_timeout=0.2,
    retry=Retry(NoBackoff(), 1),
)
router = APIRouter(prefix="/products")


class Products(RootModel[list[Product]]):
    pass


def quietly(command, *args, **kwargs):
    try:
        return command(*args, **kwargs)
    except redis.RedisError:
        return None


def cached(seconds: int):
    def around(load):
        @functools.wraps(load)
        def endpoint(category: str) -> Response:
            body = quietly(store.get, f"body:{category}") or b""
            if body.startswith(MARK):
                return reply(body.removeprefix(MARK), "hit")
            body = load(category)
            quietly(store.set, f"body:{category}", MARK + body, px=seconds * 1000)
            return reply(body, "miss")

        return endpoint

    return around


def reply(body: bytes, cache: str) -> Response:
    return Response(body, media_type="application/json", headers={"X-Cache": cache})


@router.get("", response_model=Products)
@cached(seconds=60)
def read_products(category: str) -> bytes:
    return Products(load_products(category)).model_dump_json().encode()


@router.patch("/{product_id}")
def update_product(product_id: int, change: Change) -> Product:
    if product_id not in PRODUCTS:
        raise HTTPException(404)
    product = change_price(product_id, change.price)
    quietly(store.delete, f"body:{product.category}")
    return product


app = FastAPI()
app.include_router(router)
