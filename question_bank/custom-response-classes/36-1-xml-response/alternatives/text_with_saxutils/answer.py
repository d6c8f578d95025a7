import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from xml.sax.saxutils import escape, quoteattr

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
        parts = ['<?xml version="1.0" encoding="UTF-8"?>', *element("response", content)]
        return "\n".join(parts).encode("utf-8")


def allowed(character: str) -> bool:
    number = ord(character)
    if number < 32:
        return character in "\t\n\r"
    return not (0xD800 <= number <= 0xDFFF or number in (0xFFFE, 0xFFFF))


def clean(text: str) -> str:
    return "".join(character if allowed(character) else "\ufffd" for character in text)


def element(name: str, value: Any, attributes: str = "") -> Iterator[str]:
    if value is None:
        yield f'<{name}{attributes} nil="true"/>'
    elif isinstance(value, (dict, list)):
        if not value:
            yield f"<{name}{attributes}></{name}>"
            return
        yield f"<{name}{attributes}>"
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from member(key, inner)
        else:
            for inner in value:
                yield from element("item", inner)
        yield f"</{name}>"
    else:
        yield f"<{name}{attributes}>{scalar(value)}</{name}>"


def member(key: str, value: Any) -> Iterator[str]:
    if key.isascii() and re.fullmatch(r"(?!\d)\w[\w.-]*", key):
        return element(key, value)
    quoted = quoteattr(clean(key), {"\r": "&#xD;", "\n": "&#xA;", "\t": "&#x9;"})
    return element("entry", value, f" key={quoted}")


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return escape(clean(value), {"\r": "&#xD;"})
    raise TypeError(f"no XML for {value!r}")


@app.post("/echo", response_class=XMLResponse)
async def echo(value: Annotated[Any, Body()] = None):
    return value


@app.post("/boxes", response_class=XMLResponse, status_code=201)
async def pack(box: Box) -> list[Box]:
    return [box]
