import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel

logger = logging.getLogger("durations")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders = {1: "tea"}
    yield


app = FastAPI(lifespan=lifespan)


class Order(BaseModel):
    item: str


@app.get("/orders")
async def list_orders(request: Request) -> dict[int, str]:
    return request.app.state.orders


@app.post("/orders", status_code=201)
async def add_order(order: Order, request: Request) -> Order:
    orders = request.app.state.orders
    orders[len(orders) + 1] = order.item
    return order


# the middleware goes here
