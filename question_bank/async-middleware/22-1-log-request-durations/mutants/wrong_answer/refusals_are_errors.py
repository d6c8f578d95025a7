# catches: refusals_are_logged
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from urllib.parse import quote

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("durations")


class Durations:
    """Log each request when the last part of its response was handed on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Timed(scope)

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                request.log(logging.INFO if request.status < 400 else logging.ERROR)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            request.log(logging.ERROR)
            raise
        finally:
            request.log(logging.INFO)  # whoever left before the end


class Timed:
    """One request: when it began, and what the log says of it, once."""

    def __init__(self, scope: Scope) -> None:
        self.start = perf_counter()
        self.name = f"{scope['method']} {quote(scope['path'])}"
        self.status = 500
        self.logged = False

    def log(self, level: int) -> None:
        if not self.logged:
            self.logged = True
            passed = (perf_counter() - self.start) * 1000
            logger.log(level, "%s %d %.1f", self.name, self.status, passed)


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


app.add_middleware(Durations)
