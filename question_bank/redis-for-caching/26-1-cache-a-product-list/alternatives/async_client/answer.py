"""redis.asyncio behind a small class that swallows Redis' failures; JSON written by hand, with
prices as text, and the blocking catalogue asked in a thread.
"""

import asyncio
import json
import os
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from redis.asyncio import from_url
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


class ListCache:
    """Redis within a third of a second, or none."""

    def __init__(self, redis) -> None:
        self.redis = redis

    async def ask(self, command):
        try:
            async with asyncio.timeout(0.3):
                return await command
        except (RedisError, OSError, TimeoutError):
            return None

    async def get(self, category: str) -> list[dict] | None:
        text = await self.ask(self.redis.get(f"shop:list:{category}"))
        try:
            found = json.loads(text or "null")
        except ValueError:
            return None
        return found if isinstance(found, list) else None

    async def set(self, category: str, products: list[dict]) -> None:
        await self.ask(self.redis.setex(f"shop:list:{category}", 60, json.dumps(products)))

    async def drop(self, category: str) -> None:
        await self.ask(self.redis.unlink(f"shop:list:{category}"))


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with from_url(os.environ["REDIS_URL"]) as redis:
        app.state.lists = ListCache(redis)
        yield


def list_cache(request: Request) -> ListCache:
    return request.app.state.lists


Lists = Annotated[ListCache, Depends(list_cache)]
app = FastAPI(lifespan=lifespan)


@app.get("/products")
async def read_products(category: str, response: Response, lists: Lists):
    found = await lists.get(category)
    response.headers["X-Cache"] = "miss" if found is None else "hit"
    if found is None:
        products = await run_in_threadpool(load_products, category)
        found = [product.model_dump(mode="json") for product in products]
        await lists.set(category, found)
    return found


@app.patch("/products/{product_id}")
async def update_product(product_id: int, change: Change, lists: Lists):
    try:
        product = await run_in_threadpool(change_price, product_id, change.price)
    except KeyError:
        raise HTTPException(404) from None
    await lists.drop(product.category)
    return product
