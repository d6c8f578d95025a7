# catches: title_is_ours, pages_carry_the_title
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
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
    app = FastAPI(version=version, description=DESCRIPTION, openapi_tags=TAGS, docs_url=None)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(openapi_url="/openapi.json", title=TITLE)

    @app.post("/bookings", status_code=201, tags=["berths"])
    async def book(booking: Booking) -> Booking:
        return booking

    @app.get("/health", tags=["operations"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/version", include_in_schema=False)
    async def tell_version() -> dict[str, str]:
        return {"title": TITLE, "version": app.version}

    return app


app = create_app(VERSION)
