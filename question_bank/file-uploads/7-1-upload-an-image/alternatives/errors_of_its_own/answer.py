"""Rules that know no HTTP, and one handler that turns what they raise into answers."""

import re
import secrets
from binascii import crc32
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse


class Refused(Exception):
    status = 400


class TooLarge(Refused):
    status = 413


class NoImage(Refused):
    status = 415


class Damaged(Refused):
    status = 422


@dataclass(frozen=True)
class Stored:
    id: str
    name: str
    media_type: str
    size: int


def read_png(data: bytes) -> None:
    chunk = data[8:33]
    if len(chunk) != 25 or not chunk.startswith(b"\x00\x00\x00\rIHDR"):
        raise Damaged("no whole header")
    if int.from_bytes(chunk[21:], "big") != crc32(chunk[4:21]):
        raise Damaged("the checksum does not fit")
    for side in (chunk[8:12], chunk[12:16]):
        if int.from_bytes(side, "big") not in range(1, 4097):
            raise Damaged("a side is out of range")


def judge(data: bytes) -> str:
    match data[:3]:
        case b"\xff\xd8\xff":
            return "image/jpeg"
        case b"\x89PN" if data[3:8] == b"G\r\n\x1a\n":
            read_png(data)
            return "image/png"
        case _:
            raise NoImage("neither PNG nor JPEG")


def plain_name(name: str | None) -> str:
    last = re.split(r"[/\\]", name or "")[-1]
    return last if last.strip(".") or len(last) > 2 else "image"


router = APIRouter()


@router.post("/images", status_code=201, response_model=None)
async def upload(request: Request) -> JSONResponse:
    async with request.form() as form:
        file = form["file"]
        data = bytearray()
        while piece := await file.read(64 * 1024):
            data += piece
            if len(data) > 2_097_152:
                raise TooLarge("more than 2 MiB")
        media_type = judge(bytes(data))
        stored = Stored(secrets.token_urlsafe(12), plain_name(file.filename), media_type, len(data))
    return JSONResponse(vars(stored), status_code=201)


app = FastAPI()
app.include_router(router)


@app.exception_handler(Refused)
def refused(_: Request, problem: Refused) -> JSONResponse:
    return JSONResponse({"detail": str(problem)}, status_code=problem.status)
