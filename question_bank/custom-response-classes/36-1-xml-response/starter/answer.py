from datetime import date
from typing import Annotated, Any

from fastapi import Body, FastAPI, Response
from pydantic import BaseModel

app = FastAPI()


class Box(BaseModel):
    label: str
    weight: float
    packed: date
    contents: list[str] = []
    customer: str | None = None


class XMLResponse(Response):
    def render(self, content: Any) -> bytes:
        raise NotImplementedError


@app.post("/echo", response_class=XMLResponse)
async def echo(value: Annotated[Any, Body()] = None):
    return value


@app.post("/boxes", response_class=XMLResponse, status_code=201)
async def pack(box: Box) -> list[Box]:
    return [box]
