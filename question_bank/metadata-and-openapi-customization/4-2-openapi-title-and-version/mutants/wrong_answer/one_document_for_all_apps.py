# catches: version_is_the_given_one, version_is_a_label, apps_live_beside_each_other
# catches: added_routes_are_shown
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

TITLE = "Berths API"
VERSION = "2.4.0"
document: dict[str, Any] = {}
DESCRIPTION = "Who lies where in the harbour, and until when."
TAGS = [
    {"name": "berths", "description": "Places along the quay."},
    {"name": "operations", "description": "For those who run the service."},
]


class Booking(BaseModel):
    ship: str = Field(min_length=1)
    berth: int = Field(ge=1, le=40)


def create_app(version: str) -> FastAPI:
    app = FastAPI(title=TITLE, version=version, description=DESCRIPTION, openapi_tags=TAGS)

    @app.post("/bookings", status_code=201, tags=["berths"])
    async def book(booking: Booking) -> Booking:
        return booking

    @app.get("/health", tags=["operations"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/version", include_in_schema=False)
    async def tell_version() -> dict[str, str]:
        return {"title": app.title, "version": app.version}

    def openapi() -> dict[str, Any]:
        if not document:
            document.update(
                get_openapi(
                    title=TITLE,
                    version=version,
                    description=DESCRIPTION,
                    tags=TAGS,
                    routes=app.routes,
                )
            )
        return document

    app.openapi = openapi
    return app


app = create_app(VERSION)
