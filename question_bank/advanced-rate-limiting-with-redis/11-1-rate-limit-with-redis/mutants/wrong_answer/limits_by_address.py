# catches: limits_each_client_apart, serves_exactly_five_at_once
import logging
import math
import os
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

LIMIT = 5
WINDOW = 2  # seconds

# Redis' own clock: those of the servers differ. Microseconds, so that two requests rarely tie.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = ARGV[2] * 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return oldest[2] + window - now
"""

# A Redis that hangs may cost a request half a second at most: two tries of a quarter each.
redis = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.25,
    socket_connect_timeout=0.25,
    retry=Retry(NoBackoff(), 1),
)
take = redis.register_script(TAKE)
app = FastAPI()


async def within_limit(request: Request, x_api_key: Annotated[str, Header()] = "") -> None:
    if not x_api_key:
        raise HTTPException(401, "Send your key in X-API-Key.")
    try:
        left = await take(keys=[f"quotes:{request.client.host}"], args=[LIMIT, WINDOW, uuid4().hex])
    except RedisError:
        logging.exception("Redis does not answer: nobody is limited.")
        return
    if left > 0:
        wait = math.ceil(left / 1_000_000)
        raise HTTPException(429, "Too many requests.", headers={"Retry-After": str(wait)})


@app.get("/quotes", dependencies=[Depends(within_limit)])
async def read_quote() -> dict[str, str]:
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
