import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import NamedTuple

from fastapi import FastAPI, Request


class Metadata(NamedTuple):
    id: str
    method: str
    path: str
    client: str | None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.rooms = ["Amber", "Maps"]
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/rooms")
async def list_rooms(request: Request) -> list[str]:
    return request.app.state.rooms


GOOD = frozenset(string.ascii_letters + string.digits + "-")
context: ContextVar[Metadata | None] = ContextVar("context", default=None)


def current() -> Metadata:
    found = context.get()
    if found is None:
        raise LookupError("no request is worked on")
    return found


@app.middleware("http")
async def keep_metadata(request: Request, call_next):
    number = request.headers.get("x-request-id", "")
    if not (1 <= len(number) <= 64 and GOOD.issuperset(number)):
        number = token_hex(8)
    host = request.client.host if request.client else None
    before = context.set(Metadata(number, request.method, request.url.path, host))
    try:
        response = await call_next(request)
    finally:
        context.reset(before)
    response.headers["X-Request-ID"] = number
    return response
