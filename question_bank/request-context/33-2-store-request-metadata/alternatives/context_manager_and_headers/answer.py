import contextlib
import contextvars
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.middleware import Middleware


class Metadata(NamedTuple):
    id: str
    method: str
    path: str
    client: str | None


class RequestMiddleware:
    """One context variable, and all that is done with it."""

    held = contextvars.ContextVar("held")
    numbers = count(1)
    started = format(time.time_ns(), "x")
    form = re.compile(rb"[0-9a-z-]{1,64}", re.IGNORECASE)

    def __init__(self, app) -> None:
        self.inner = app

    @classmethod
    @contextlib.contextmanager
    def working_on(cls, metadata: Metadata) -> Iterator[None]:
        outer = cls.held.set(metadata)
        try:
            yield
        finally:
            cls.held.reset(outer)

    def id_for(self, headers: list[tuple[bytes, bytes]]) -> str:
        shown = dict(headers).get(b"x-request-id", b"")
        if self.form.fullmatch(shown):
            return shown.decode("ascii")
        return f"{self.started}-{next(self.numbers)}"

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] in {"lifespan", "websocket"}:
            return await self.inner(scope, receive, send)
        number = self.id_for(scope["headers"])
        client, *_ = scope["client"] or [None]

        async def reply(message):
            if message["type"].endswith("start"):
                headers = [*message.get("headers", []), (b"x-request-id", number.encode())]
                message = {**message, "headers": headers}
            await send(message)

        with self.working_on(Metadata(number, scope["method"], scope["path"], client)):
            await self.inner(scope, receive, reply)


def current() -> Metadata:
    return RequestMiddleware.held.get()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.rooms = ["Amber", "Maps"]
    yield


app = FastAPI(lifespan=lifespan, middleware=[Middleware(RequestMiddleware)])


@app.get("/rooms")
async def list_rooms(request: Request) -> list[str]:
    return request.app.state.rooms
