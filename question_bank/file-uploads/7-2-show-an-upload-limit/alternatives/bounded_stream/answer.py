"""Two rules around the stream, each of which passes on what it lets through."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


class Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


async def only_png(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    start = b""
    async for piece in pieces:
        if len(start) < len(PNG):
            start += piece[: len(PNG) - len(start)]
            if not PNG.startswith(start):
                raise Refused(415)
        yield piece
    if start != PNG:
        raise Refused(415)


async def at_most(pieces: AsyncIterator[bytes], left: int) -> AsyncIterator[bytes]:
    async for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise Refused(413)
        yield piece


async def upload(request: Request) -> bytes:
    return b"".join([piece async for piece in at_most(only_png(request.stream()), MOST)])


app = FastAPI()


@app.put("/avatar")
async def store(data: Annotated[bytes, Depends(upload)]) -> JSONResponse:
    return JSONResponse({"size": len(data)}, 201)


@app.exception_handler(Refused)
async def refuse(request: Request, refused: Refused) -> JSONResponse:
    return JSONResponse({"detail": "Send a PNG of at most 64 KiB."}, refused.status)
