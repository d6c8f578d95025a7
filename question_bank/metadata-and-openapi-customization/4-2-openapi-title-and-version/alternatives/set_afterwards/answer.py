from typing import Annotated

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, Field

VERSION = "2.4.0"
DESCRIPTION = "Who lies where in the harbour, and until when."
TAGS = [
    {"name": "berths", "description": "Places along the quay."},
    {"name": "operations", "description": "For those who run the service."},
]


class Booking(BaseModel):
    ship: str = Field(min_length=1)
    berth: int = Field(ge=1, le=40)


class Version(BaseModel):
    title: str
    version: str


def this_app(request: Request) -> FastAPI:
    return request.app


async def tell_version(app: Annotated[FastAPI, Depends(this_app)]) -> Version:
    return Version(title=app.title, version=app.version)


async def book(booking: Booking) -> Booking:
    return booking


async def health() -> dict[str, str]:
    return {"status": "ok"}


def create_app(version: str) -> FastAPI:
    app = FastAPI(description=DESCRIPTION, openapi_tags=TAGS)
    app.title, app.version = "Berths API", version
    app.post("/bookings", status_code=201, tags=["berths"])(book)
    app.get("/health", tags=["operations"])(health)
    app.add_api_route("/version", tell_version, include_in_schema=False)
    return app


app = create_app(version=VERSION)
