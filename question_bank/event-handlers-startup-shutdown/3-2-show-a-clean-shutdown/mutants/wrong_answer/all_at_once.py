# catches: one_close_waits_for_the_other
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI


class Resource(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...


def create_app(resources: Sequence[Resource]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = []
        try:
            for resource in resources:
                await resource.open()
                opened.append(resource)
            yield
        finally:
            closing = [resource.close() for resource in reversed(opened)]
            await asyncio.gather(*closing, return_exceptions=True)

    return FastAPI(lifespan=lifespan)
