# catches: none_without_a_request, nothing_is_left
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import NamedTuple

from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Metadata(NamedTuple):
    id: str
    method: str
    path: str
    client: str | None


request_now: ContextVar[Metadata] = ContextVar("request_now", default=Metadata("", "", "", None))


def current() -> Metadata:
    """Return the metadata of the request that is worked on. Raises LookupError."""
    return request_now.get()


class RequestContext:
    """Keep the metadata of each HTTP request in a context variable while it lasts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        metadata = metadata_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = metadata.id
            await send(message)

        token = request_now.set(metadata)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            request_now.reset(token)


def metadata_of(scope: Scope) -> Metadata:
    shown = Headers(scope=scope).get("X-Request-ID", "")
    client = scope.get("client")
    return Metadata(
        id=shown if re.fullmatch(r"[A-Za-z0-9-]{1,64}", shown) else uuid.uuid4().hex,
        method=scope["method"],
        path=scope["path"],
        client=client[0] if client else None,
    )


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.rooms = ["Amber", "Maps"]
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/rooms")
async def list_rooms(request: Request) -> list[str]:
    return request.app.state.rooms


app.add_middleware(RequestContext)
