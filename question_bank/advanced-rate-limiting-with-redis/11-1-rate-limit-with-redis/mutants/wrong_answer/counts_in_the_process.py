# catches: counts_in_redis, serves_exactly_five_at_once, serves_while_redis_hangs
import math
import os
import time
from collections import defaultdict, deque
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

LIMIT = 5
WINDOW = 2  # seconds

served: dict[str, deque[float]] = defaultdict(deque)
app = FastAPI()


async def within_limit(x_api_key: Annotated[str, Header()] = "") -> None:
    if not x_api_key:
        raise HTTPException(401, "Send your key in X-API-Key.")
    now = time.monotonic()
    times = served[x_api_key]
    while times and times[0] <= now - WINDOW:
        times.popleft()
    if len(times) >= LIMIT:
        wait = math.ceil(times[0] + WINDOW - now)
        raise HTTPException(429, "Too many requests.", headers={"Retry-After": str(wait)})
    times.append(now)


@app.get("/quotes", dependencies=[Depends(within_limit)])
async def read_quote() -> dict[str, str]:
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
