from fastapi import FastAPI, UploadFile
from pydantic import BaseModel

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 4096

app = FastAPI()


class StoredImage(BaseModel):
    id: str
    name: str
    media_type: str
    size: int


@app.post("/images", status_code=201)
async def upload(file: UploadFile) -> StoredImage:
    raise NotImplementedError  # your code goes here
