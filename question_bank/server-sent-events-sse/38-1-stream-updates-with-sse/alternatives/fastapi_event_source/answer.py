import asyncio
from collections.abc import AsyncIterable
from contextlib import contextmanager
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

app = FastAPI()


class Announcement(BaseModel):
    text: str


class Hub:
    def __init__(self) -> None:
        self.history: list[ServerSentEvent] = []
        self.waiting: dict[object, asyncio.Queue[ServerSentEvent]] = {}

    def publish(self, text: str) -> int:
        number = len(self.history) + 1
        event = ServerSentEvent(raw_data=text, event="announcement", id=str(number))
        self.history.append(event)
        for queue in list(self.waiting.values()):
            queue.put_nowait(event)
        return number

    @contextmanager
    def joined(self, seen: int | None):
        me = object()
        queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue()
        missed = [] if seen is None else self.history[seen:]
        for event in missed:
            queue.put_nowait(event)
        self.waiting[me] = queue
        try:
            yield queue
        finally:
            del self.waiting[me]


hub = Hub()


@app.post("/announcements", status_code=201)
async def announce(announcement: Announcement):
    return {"id": hub.publish(announcement.text)}


@app.get("/announcements/stream", response_class=EventSourceResponse)
async def stream(
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterable[ServerSentEvent]:
    seen = int(last_event_id) if last_event_id and last_event_id.isdigit() else None
    with hub.joined(seen) as queue:
        while True:
            yield await queue.get()


@app.get("/screens")
async def screens():
    return {"open": len(hub.waiting)}
