# catches: markup_stays_text, white_space_stays, forbidden_characters_are_replaced
# catches: other_keys_are_entries, keys_are_data, models_are_written
import json
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
    media_type = "application/xml"

    def render(self, content: Any) -> bytes:
        document = f'<?xml version="1.0" encoding="utf-8"?>\n{written("response", content)}'
        return document.encode("utf-8", "replace")


def written(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inside = "".join(written(key, member) for key, member in value.items())
    elif isinstance(value, list):
        inside = "".join(written("item", member) for member in value)
    elif value is None:
        return f'<{name} nil="true"/>'
    elif isinstance(value, str):
        inside = value
    elif isinstance(value, int | float):
        inside = json.dumps(value)
    else:
        raise TypeError(type(value).__name__)
    return f"<{name}>{inside}</{name}>"


@app.post("/echo", response_class=XMLResponse)
async def echo(value: Annotated[Any, Body()] = None):
    return value


@app.post("/boxes", response_class=XMLResponse, status_code=201)
async def pack(box: Box) -> list[Box]:
    return [box]
