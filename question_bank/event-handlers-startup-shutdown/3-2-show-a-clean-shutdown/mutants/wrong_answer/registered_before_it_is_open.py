# catches: failing_open_closes_the_others
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from fastapi import FastAPI


class Resource(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...


def create_app(resources: Sequence[Resource]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for resource in resources:
                stack.push_async_callback(resource.close)
                await resource.open()
            yield

    return FastAPI(lifespan=lifespan)
