# catches: limit_is_exact
from fastapi import FastAPI, HTTPException, Request

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"

app = FastAPI()


@app.put("/avatar", status_code=201)
async def store(request: Request) -> dict[str, int]:
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) >= len(PNG) and not data.startswith(PNG):
            break
        if len(data) >= MOST:
            raise HTTPException(413, "Send at most 64 KiB.")
    if not data.startswith(PNG):
        raise HTTPException(415, "Send a PNG.")
    return {"size": len(data)}
