import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.middleware import Middleware
from pydantic import BaseModel

logger = logging.getLogger("durations")


@contextlib.contextmanager
def timed(scope) -> Iterator[dict]:
    begin = time.monotonic_ns()
    seen = {"status": 500, "end": None, "level": "INFO"}

    def write() -> None:
        if seen["end"] is None:
            seen["end"] = time.monotonic_ns()
            words = [
                scope["method"],
                scope["raw_path"].decode("ascii").partition("?")[0],
                str(seen["status"]),
                f"{(seen['end'] - begin) / 1e6:.3f}",
            ]
            getattr(logger, seen["level"].lower())(" ".join(words))

    seen["write"] = write
    try:
        yield seen
    except BaseException:
        seen["level"] = "ERROR"
        raise
    finally:
        write()


def log_durations(inner):
    async def outer(scope, receive, send):
        if scope["type"] in ("lifespan", "websocket"):
            return await inner(scope, receive, send)
        with timed(scope) as seen:

            async def tell(message):
                seen["status"] = message.get("status", seen["status"])
                await send(message)
                if message["type"].endswith(".body") and not message.get("more_body"):
                    seen["write"]()

            await inner(scope, receive, tell)

    return outer


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders = {1: "tea"}
    yield


app = FastAPI(lifespan=lifespan, middleware=[Middleware(log_durations)])


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
