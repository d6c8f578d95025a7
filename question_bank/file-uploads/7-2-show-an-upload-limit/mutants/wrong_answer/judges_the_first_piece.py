# catches: start_in_pieces
from fastapi import FastAPI, HTTPException, Request

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"

app = FastAPI()


@app.put("/avatar", status_code=201)
async def store(request: Request) -> dict[str, int]:
    size = 0
    async for piece in request.stream():
        if size == 0 and not piece.startswith(PNG):
            raise HTTPException(415, "Send a PNG.")
        size += len(piece)
        if size > MOST:
            raise HTTPException(413, "Send at most 64 KiB.")
    return {"size": size}
