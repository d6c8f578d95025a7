from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI


class Resource(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...


def create_app(resources: Sequence[Resource]) -> FastAPI:
    @asynccontextmanager
    async def opened(rest: list[Resource]) -> AsyncIterator[None]:
        if not rest:
            yield
            return
        first, *others = rest
        await first.open()
        try:
            async with opened(others):
                yield
        finally:
            await first.close()

    return FastAPI(lifespan=lambda app: opened(list(resources)))
