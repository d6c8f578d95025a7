# catches: forbidden_characters_are_replaced, other_keys_are_entries, keys_are_data
import json
import re
from datetime import date
from typing import Annotated, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Body, FastAPI, Response
from pydantic import BaseModel

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
FORBIDDEN = re.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

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
        root = Element("response")
        fill(root, content)
        document = tostring(root, encoding="utf-8", xml_declaration=True)
        return document.replace(b"\r", b"&#13;")  # a bare one would be read as a line feed


def fill(element: Element, value: Any) -> None:
    match value:
        case dict():
            for key, member in value.items():
                fill(child(element, key), member)
        case list():
            for member in value:
                fill(SubElement(element, "item"), member)
        case None:
            element.set("nil", "true")
        case str():
            element.text = harmless(value)
        case bool() | int() | float():
            element.text = json.dumps(value)
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written as XML")


def child(element: Element, key: str) -> Element:
    if NAME.match(key):
        return SubElement(element, key)
    return SubElement(element, "entry", key=harmless(key))


def harmless(text: str) -> str:
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


@app.post("/echo", response_class=XMLResponse)
async def echo(value: Annotated[Any, Body()] = None):
    return value


@app.post("/boxes", response_class=XMLResponse, status_code=201)
async def pack(box: Box) -> list[Box]:
    return [box]
