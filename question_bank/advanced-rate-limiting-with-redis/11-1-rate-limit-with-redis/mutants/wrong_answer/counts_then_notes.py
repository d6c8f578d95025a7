# catches: serves_exactly_five_at_once
import logging
import math
import os
import time
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, Header, HTTPException
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

LIMIT = 5
WINDOW = 2  # seconds

# A Redis that hangs may cost a request half a second at most: two tries of a quarter each.
redis = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.25,
    socket_connect_timeout=0.25,
    retry=Retry(NoBackoff(), 1),
)
app = FastAPI()


async def take(key: str) -> float:
    """Return 0, or the seconds until a request would be served."""
    now = time.time()
    await redis.zremrangebyscore(key, "-inf", now - WINDOW)
    if await redis.zcard(key) >= LIMIT:
        [(_, oldest)] = await redis.zrange(key, 0, 0, withscores=True)
        return oldest + WINDOW - now
    await redis.zadd(key, {uuid4().hex: now})
    await redis.expire(key, WINDOW)
    return 0


async def within_limit(x_api_key: Annotated[str, Header()] = "") -> None:
    if not x_api_key:
        raise HTTPException(401, "Send your key in X-API-Key.")
    try:
        left = await take(f"quotes:{x_api_key}")
    except RedisError:
        logging.exception("Redis does not answer: nobody is limited.")
        return
    if left > 0:
        wait = math.ceil(left)
        raise HTTPException(429, "Too many requests.", headers={"Retry-After": str(wait)})


@app.get("/quotes", dependencies=[Depends(within_limit)])
async def read_quote() -> dict[str, str]:
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
