import logging
import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

log = logging.getLogger("hotel")
app = FastAPI()


@app.get("/shares/{guests}")
def share(guests: int) -> dict[str, float]:
    if guests > 9:
        raise HTTPException(404, "No room is that large.")
    return {"each": 360 / guests}  # nobody thought of zero


@app.middleware("http")
async def last_net(request: Request, call_next: Callable[[Request], Awaitable[Response]]):
    try:
        return await call_next(request)
    except Exception:
        error_id = secrets.token_hex(8)
        log.exception("%s %s failed, error id %s", request.method, request.url, error_id)
        body = {"title": "Sorry, this went wrong.", "error_id": error_id}
        return JSONResponse(body, status_code=500)
