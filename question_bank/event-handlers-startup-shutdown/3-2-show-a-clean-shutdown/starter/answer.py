from collections.abc import Sequence
from typing import Protocol

from fastapi import FastAPI


class Resource(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...


def create_app(resources: Sequence[Resource]) -> FastAPI:
    """Return an app that opens `resources` at startup and closes them at shutdown."""
    raise NotImplementedError
