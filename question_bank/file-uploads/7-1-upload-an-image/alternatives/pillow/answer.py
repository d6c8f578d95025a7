import io
import uuid
import warnings
from typing import Annotated

from fastapi import Depends, FastAPI, File, HTTPException, UploadFile, status
from fastapi.responses import JSONResponse
from PIL import Image

LIMIT = 2 << 20
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}

app = FastAPI()


def within_the_limit(file: Annotated[UploadFile, File()]) -> UploadFile:
    if file.size is None or file.size > LIMIT:
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE)
    return file


def opened_sides(data: bytes) -> tuple[int, int]:
    """Let Pillow read the header only; it is lazy about the pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            return image.size


def kept_name(name: str) -> str:
    name = name[max(name.rfind("/"), name.rfind("\\")) + 1 :]
    return name if name not in ("", ".", "..") else "image"


@app.post("/images")
def upload(file: Annotated[UploadFile, Depends(within_the_limit)]) -> JSONResponse:
    data = file.file.read()
    media_type = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if media_type is None:
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    if media_type == "image/png":
        try:
            sides = opened_sides(data)
        except Exception as error:  # Pillow raises many kinds on a broken file
            raise HTTPException(422, "This is not a whole PNG.") from error
        if min(sides) < 1 or max(sides) > 4096:
            raise HTTPException(422, "This PNG is too large or empty.")
    return JSONResponse(
        {"id": str(uuid.uuid4()), "name": kept_name(file.filename or ""), "media_type": media_type, "size": len(data)},
        status_code=201,
    )
