from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()


class Announcement(BaseModel):
    text: str


@app.post("/announcements", status_code=201)
async def announce(announcement: Announcement) -> dict[str, int]:
    raise NotImplementedError  # number it, keep it, hand it to every open stream


@app.get("/announcements/stream")
async def stream() -> StreamingResponse:
    raise NotImplementedError


@app.get("/screens")
async def screens() -> dict[str, int]:
    raise NotImplementedError
