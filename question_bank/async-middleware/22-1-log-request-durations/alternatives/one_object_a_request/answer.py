import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from timeit import default_timer
from urllib.parse import quote

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


@dataclass
class Response:
    """Stands between the app and the client for one request."""

    method: str
    path: str
    hand_on: object
    status: int = 500
    over: bool = False
    start: float = field(default_factory=default_timer)

    async def send(self, message) -> None:
        match message:
            case {"type": "http.response.start", "status": status}:
                self.status = status
                await self.hand_on(message)
            case {"type": "http.response.body", "more_body": True}:
                await self.hand_on(message)
            case {"type": "http.response.body"}:
                await self.hand_on(message)
                self.end(logger.info)
            case _:
                await self.hand_on(message)

    def end(self, write) -> None:
        if not self.over:
            duration = round((default_timer() - self.start) * 1000)
            write(f"{self.method} {self.path} {self.status} {duration}")
        self.over = True


class DurationMiddleware:
    def __init__(self, app, quiet: tuple[str, ...] = ("lifespan", "websocket")) -> None:
        self.app = app
        self.quiet = quiet

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] in self.quiet:
            return await self.app(scope, receive, send)
        response = Response(scope["method"], quote(scope["path"]), send)
        try:
            await self.app(scope, receive, response.send)
        except BaseException:
            response.end(logger.exception)
            raise
        response.end(logger.info)


app.add_middleware(DurationMiddleware)
