from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from fastapi import FastAPI, Request


class Metadata(NamedTuple):
    id: str
    method: str
    path: str
    client: str | None


def current() -> Metadata:
    """Return the metadata of the request that is worked on. Raises LookupError."""
    raise NotImplementedError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.rooms = ["Amber", "Maps"]
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/rooms")
async def list_rooms(request: Request) -> list[str]:
    return request.app.state.rooms


# the middleware goes here
