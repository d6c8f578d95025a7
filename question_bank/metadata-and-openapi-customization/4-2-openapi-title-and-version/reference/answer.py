from fastapi import FastAPI
from pydantic import BaseModel, Field

TITLE = "Berths API"
VERSION = "2.4.0"
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

    return app


app = create_app(VERSION)
