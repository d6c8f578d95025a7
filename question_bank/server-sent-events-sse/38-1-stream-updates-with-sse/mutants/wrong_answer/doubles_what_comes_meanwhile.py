# catches: nothing_lost_or_doubled
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
    number = latest[-1][0] + 1 if latest else 1
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
    queues.add(queue)
    try:
        while seen is not None and (missed := [entry for entry in latest if entry[0] > seen]):
            yield event(*missed[0])
            seen = missed[0][0]
        while True:
            yield event(*await queue.get())
    finally:
        queues.discard(queue)


def event(number: int, text: str) -> str:
    data = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"id: {number}\nevent: announcement\n{data}\n"
