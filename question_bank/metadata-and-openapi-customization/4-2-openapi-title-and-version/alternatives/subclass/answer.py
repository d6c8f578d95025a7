from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

VERSION = "2.4.0"
router = APIRouter()


class Booking(BaseModel):
    ship: str = Field(min_length=1)
    berth: int = Field(ge=1, le=40)


@router.post("/bookings", status_code=201, tags=["berths"])
def book(booking: Booking) -> Booking:
    return booking


@router.get("/health", tags=["operations"])
def health() -> dict[str, str]:
    return {"status": "ok"}


class BerthsAPI(FastAPI):
    def __init__(self, release: str) -> None:
        super().__init__(
            title="Berths API",
            description="Who lies where in the harbour, and until when.",
            openapi_tags=[
                {"name": "berths", "description": "Places along the quay."},
                {"name": "operations", "description": "For those who run the service."},
            ],
        )
        self.release = release
        self.include_router(router)
        self.add_route("/version", self.tell_version)

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["info"]["version"] = self.release
        return document

    async def tell_version(self, request: Request) -> JSONResponse:
        return JSONResponse({key: self.openapi()["info"][key] for key in ("title", "version")})


def create_app(version: str) -> FastAPI:
    return BerthsAPI(version)


app = create_app(VERSION)
