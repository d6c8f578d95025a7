"""A sorted set changed under WATCH and tried again when somebody else was faster, in an ASGI
middleware; the client of Redis lives as long as the application.
"""

import asyncio
import math
import os
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.asyncio import from_url
from redis.exceptions import RedisError, WatchError
from starlette.responses import JSONResponse


class SlidingWindow:
    def __init__(self, store, limit: int, seconds: float) -> None:
        self.store = store
        self.limit = limit
        self.seconds = seconds

    async def wait(self, client: str) -> float:
        while True:
            try:
                return await self.attempt(f"window:{client}")
            except WatchError:
                continue

    async def attempt(self, key: str) -> float:
        async with self.store.pipeline() as pipe:
            await pipe.watch(key)
            now = time.time()
            served = [
                score
                for _, score in await pipe.zrange(key, 0, -1, withscores=True)
                if score > now - self.seconds
            ]
            if len(served) >= self.limit:
                return served[0] + self.seconds - now
            pipe.multi()
            pipe.zremrangebyscore(key, "-inf", now - self.seconds)
            pipe.zadd(key, {os.urandom(8): now})
            pipe.pexpire(key, int(self.seconds * 1000))
            await pipe.execute()
            return 0


class RateLimit:
    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] != "/quotes":
            return await self.app(scope, receive, send)
        client = dict(scope["headers"]).get(b"x-api-key", b"").decode("latin-1")
        if not client:
            return await JSONResponse({"detail": "no key"}, 401)(scope, receive, send)
        wait = await self.wait(scope["app"].state.window, client)
        if wait <= 0:
            return await self.app(scope, receive, send)
        headers = {"Retry-After": str(math.ceil(wait))}
        refusal = JSONResponse({"detail": "too many"}, 429, headers)
        return await refusal(scope, receive, send)

    async def wait(self, window: SlidingWindow, client: str) -> float:
        try:
            async with asyncio.timeout(0.6):
                return await window.wait(client)
        except (RedisError, OSError, TimeoutError):
            return 0


@asynccontextmanager
async def lifespan(app: FastAPI):
    store = from_url(os.environ["REDIS_URL"])
    app.state.window = SlidingWindow(store, limit=5, seconds=2)
    yield
    await store.aclose()


app = FastAPI(lifespan=lifespan)
app.add_middleware(RateLimit)


@app.get("/quotes")
async def read_quote():
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
async def health():
    return {"status": "ok"}
