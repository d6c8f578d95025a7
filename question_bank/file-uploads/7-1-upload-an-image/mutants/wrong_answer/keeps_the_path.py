# catches: last_part_is_kept, empty_names_are_replaced
import struct
import zlib
from uuid import uuid4

from fastapi import FastAPI, HTTPException, UploadFile
from pydantic import BaseModel

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 4096
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
HEADER = struct.Struct(">I4sII5sI")

app = FastAPI()


class StoredImage(BaseModel):
    id: str
    name: str
    media_type: str
    size: int


@app.post("/images", status_code=201)
async def upload(file: UploadFile) -> StoredImage:
    data = await file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise HTTPException(413, "Send an image of at most 2 MiB.")
    media_type = media_type_of(data)
    if media_type == "image/png":
        check_png(data)
    return StoredImage(
        id=uuid4().hex, name=last_part(file.filename or ""), media_type=media_type, size=len(data)
    )


def media_type_of(data: bytes) -> str:
    if data.startswith(PNG):
        return "image/png"
    if data.startswith(JPEG):
        return "image/jpeg"
    raise HTTPException(415, "Send a PNG or a JPEG.")


def check_png(data: bytes) -> None:
    header = data[len(PNG) : len(PNG) + HEADER.size]
    if len(header) < HEADER.size:
        raise HTTPException(422, "The PNG ends in its header.")
    length, kind, width, height, _, checksum = HEADER.unpack(header)
    if length != 13 or kind != b"IHDR" or checksum != zlib.crc32(header[4:-4]):
        raise HTTPException(422, "The PNG's header is damaged.")
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise HTTPException(422, "Each side has 1 to 4096 px.")


def last_part(name: str) -> str:
    part = name
    return "image" if part in {"", ".", ".."} else part
