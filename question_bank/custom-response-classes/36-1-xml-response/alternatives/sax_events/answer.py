import io
import json
import string
from datetime import date
from typing import Annotated, Any
from xml.sax.saxutils import XMLGenerator

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
    names = frozenset(string.ascii_letters + string.digits + "_-.")
    first = frozenset(string.ascii_letters + "_")
    holes = {number: "\ufffd" for number in [*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]}
    kept = {ord(character): character for character in "\t\n\r"}

    def render(self, content: Any) -> bytes:
        out = io.BytesIO()
        self.writer = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)
        self.writer.startDocument()
        self.write("response", {}, content)
        self.writer.endDocument()
        return out.getvalue().replace(b"\r", b"&#13;")

    def write(self, name: str, attributes: dict[str, str], value: Any) -> None:
        if value is None:
            attributes = {**attributes, "nil": "true"}
        self.writer.startElement(name, attributes)
        kind = type(value)
        if kind is dict:
            for key, inner in value.items():
                plain = key and key[0] in self.first and self.names.issuperset(key)
                self.write(key if plain else "entry", {} if plain else {"key": self.clean(key)}, inner)
        elif kind is list:
            for inner in value:
                self.write("item", {}, inner)
        elif kind is str:
            self.writer.characters(self.clean(value))
        elif kind in (bool, int, float):
            self.writer.characters(json.dumps(value))
        elif value is not None:
            raise TypeError(kind.__name__)
        self.writer.endElement(name)

    def clean(self, text: str) -> str:
        return text.translate(self.holes | self.kept)


@app.post("/echo", response_class=XMLResponse)
async def echo(value: Annotated[Any, Body()] = None):
    return value


@app.post("/boxes", response_class=XMLResponse, status_code=201)
async def pack(box: Box) -> list[Box]:
    return [box]
