# catches: traceback_is_logged_under_the_id
import logging
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

log = logging.getLogger("hotel")
app = FastAPI()


@app.get("/shares/{guests}")
def share(guests: int) -> dict[str, float]:
    if guests > 9:
        raise HTTPException(404, "No room is that large.")
    return {"each": 360 / guests}  # nobody thought of zero


@app.exception_handler(Exception)
def unexpected(request: Request, error: Exception) -> JSONResponse:
    error_id = uuid4().hex
    log.exception("failure %s at %s", error_id, request.url.path)
    return JSONResponse({"title": "Something failed on our side.", "error_id": error_id}, 500)
