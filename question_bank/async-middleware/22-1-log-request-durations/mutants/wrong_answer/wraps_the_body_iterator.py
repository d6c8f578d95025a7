# catches: broken_streams_are_errors
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from urllib.parse import quote

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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



@app.middleware("http")
async def log_duration(request: Request, call_next):
    start = perf_counter()

    def log(level: int, status: int) -> None:
        path = quote(request.scope["path"])
        passed = 1000 * (perf_counter() - start)
        logger.log(level, f"{request.method} {path} {status} {passed:.1f}")

    try:
        response = await call_next(request)
    except Exception:
        log(logging.ERROR, 500)
        raise
    parts = response.body_iterator

    async def body():
        level = logging.ERROR
        try:
            async for part in parts:
                yield part
            level = logging.INFO
        finally:
            log(level, response.status_code)

    response.body_iterator = body()
    return response
