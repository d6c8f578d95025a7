# catches: takes_a_png, refuses_other_types, stops_at_the_limit, start_in_pieces
from fastapi import FastAPI, HTTPException, Request

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"

app = FastAPI()


@app.put("/avatar", status_code=201)
async def store(request: Request) -> dict[str, int]:
    if request.headers.get("content-type") != "image/png":
        raise HTTPException(415, "Send a PNG.")
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST:
            raise HTTPException(413, "Send at most 64 KiB.")
    return {"size": size}
