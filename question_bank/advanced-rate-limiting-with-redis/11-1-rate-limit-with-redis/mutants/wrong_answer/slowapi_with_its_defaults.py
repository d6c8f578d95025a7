# catches: slides_with_each_request
import math
import os
import time

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from redis.backoff import NoBackoff
from redis.retry import Retry
from slowapi import Limiter
from slowapi.errors import RateLimitExceeded


def client_of(request: Request) -> str:
    return request.headers.get("x-api-key", "")


def known_client(request: Request) -> None:
    if not client_of(request):
        raise HTTPException(401)
    # slowapi reads it after the route, and sets it only where Redis answered.
    request.state.view_rate_limit = None


limiter = Limiter(
    key_func=client_of,
    storage_uri=os.environ["REDIS_URL"],
    storage_options={
        "socket_timeout": 0.3,
        "socket_connect_timeout": 0.3,
        "retry": Retry(NoBackoff(), 1),
    },
    swallow_errors=True,
)
app = FastAPI()
app.state.limiter = limiter


@app.exception_handler(RateLimitExceeded)
def refuse(request: Request, error: RateLimitExceeded) -> JSONResponse:
    limit, arguments = request.state.view_rate_limit
    reset = limiter.limiter.get_window_stats(limit, *arguments).reset_time
    wait = max(1, math.ceil(reset - time.time()))
    return JSONResponse({"detail": str(error)}, 429, {"Retry-After": str(wait)})


@app.get("/quotes", dependencies=[Depends(known_client)])
@limiter.limit("5/2seconds")
def read_quote(request: Request):
    return {"quote": "Make it work, then make it fair."}


@app.get("/health")
def health():
    return {"status": "ok"}
