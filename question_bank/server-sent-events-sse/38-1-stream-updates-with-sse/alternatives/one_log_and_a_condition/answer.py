import asyncio

from fastapi import Body, FastAPI, Request
from fastapi.responses import StreamingResponse


class Board:
    """The latest announcements, and those who wait for the next one."""

    def __init__(self, kept=500):
        self.kept = kept
        self.texts = {}
        self.last = 0
        self.open = 0
        self.changed = asyncio.Condition()

    async def add(self, text):
        async with self.changed:
            self.last += 1
            self.texts[self.last] = text
            self.texts.pop(self.last - self.kept, None)
            self.changed.notify_all()
        return self.last

    async def listen(self, after):
        self.open += 1
        try:
            while True:
                async with self.changed:
                    await self.changed.wait_for(lambda: self.last > after)
                    oldest = next(iter(self.texts))
                    after = max(after + 1, oldest)
                    text = self.texts[after]
                yield self.written(after, text)
        finally:
            self.open -= 1

    @staticmethod
    def written(number, text):
        lines = ["event: announcement", f"id: {number}"]
        lines += ["data: " + line for line in text.split("\n")]
        return ("\n".join(lines) + "\n\n").encode()


app = FastAPI()
board = Board()


@app.post("/announcements", status_code=201)
async def announce(text: str = Body(embed=True)):
    return {"id": await board.add(text)}


@app.get("/announcements/stream")
async def stream(request: Request):
    try:
        after = int(request.headers["Last-Event-ID"])
    except (KeyError, ValueError):
        after = board.last
    return StreamingResponse(
        board.listen(after),
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"},
    )


@app.get("/screens")
async def screens():
    return {"open": board.open}
