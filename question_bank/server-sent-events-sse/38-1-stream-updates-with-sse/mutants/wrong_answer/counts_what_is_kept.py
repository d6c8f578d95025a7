# catches: last_hundred_are_kept
import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

Entry = tuple[int, str]

app = FastAPI()
latest: deque[Entry] = deque(maxlen=100)
queues: set[asyncio.Queue[Entry]] = set()


class Announcement(BaseModel):
    text: str


@app.post("/announcements", status_code=201)
async def announce(announcement: Announcement) -> dict[str, int]:
    number = len(latest) + 1
    entry = (number, announcement.text)
    latest.append(entry)
    for queue in queues:
        queue.put_nowait(entry)
    return {"id": number}


@app.get("/announcements/stream")
async def stream(last_event_id: Annotated[str, Header()] = "") -> StreamingResponse:
    seen = int(last_event_id) if last_event_id.isdecimal() else None
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(seen), media_type="text/event-stream", headers=headers)


@app.get("/screens")
async def screens() -> dict[str, int]:
    return {"open": len(queues)}


async def events(seen: int | None) -> AsyncIterator[str]:
    queue: asyncio.Queue[Entry] = asyncio.Queue()
    if seen is not None:
        for number, text in latest:
            if number > seen:
                queue.put_nowait((number, text))
    queues.add(queue)
    try:
        while True:
            yield event(*await queue.get())
    finally:
        queues.discard(queue)


def event(number: int, text: str) -> str:
    data = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"id: {number}\nevent: announcement\n{data}\n"
