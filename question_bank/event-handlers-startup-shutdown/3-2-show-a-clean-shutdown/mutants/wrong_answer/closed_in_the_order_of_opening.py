# catches: closes_in_reverse, one_close_waits_for_the_other, failing_close_stops_no_other, failing_open_closes_the_others
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
            for resource in opened:
                try:
                    await resource.close()
                except Exception:
                    pass

    return FastAPI(lifespan=lifespan)
