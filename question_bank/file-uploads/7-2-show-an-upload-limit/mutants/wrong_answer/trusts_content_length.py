# catches: stops_at_the_limit, stops_at_the_start
from fastapi import FastAPI, HTTPException, Request

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"

app = FastAPI()


@app.put("/avatar", status_code=201)
async def store(request: Request) -> dict[str, int]:
    if int(request.headers.get("content-length", 0)) > MOST:
        raise HTTPException(413, "Send at most 64 KiB.")
    data = await request.body()
    if not data.startswith(PNG):
        raise HTTPException(415, "Send a PNG.")
    return {"size": len(data)}
