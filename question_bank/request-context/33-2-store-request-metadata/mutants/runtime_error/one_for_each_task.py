# catches: threads_see_it, streams_see_it, later_work_sees_it, none_without_a_request
# catches: outer_request_comes_back
import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Metadata(NamedTuple):
    id: str
    method: str
    path: str
    client: str | None


working_on: dict[asyncio.Task, Metadata] = {}


def current() -> Metadata:
    """Return the metadata of the request that is worked on. Raises LookupError."""
    return working_on[asyncio.current_task()]


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

        task = asyncio.current_task()
        working_on[task] = metadata
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            del working_on[task]


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
