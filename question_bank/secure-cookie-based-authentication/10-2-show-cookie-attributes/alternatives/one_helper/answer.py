"""One function knows the attributes, and dropping the cookie is setting it in the past."""

import uuid
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, FastAPI, Response

router = APIRouter(prefix="/shop")
SCOPE = {"path": "/shop", "secure": True, "httponly": True, "samesite": "lax"}


def with_basket(value: str, lifetime: timedelta) -> Response:
    response = Response(status_code=204)
    response.set_cookie("basket", value, expires=datetime.now(UTC) + lifetime, **SCOPE)
    return response


@router.post("/basket")
async def new_basket() -> Response:
    return with_basket(uuid.uuid4().hex, timedelta(days=30))


@router.delete("/basket")
async def drop_basket() -> Response:
    return with_basket("", timedelta(days=-1))


app = FastAPI()
app.include_router(router)
