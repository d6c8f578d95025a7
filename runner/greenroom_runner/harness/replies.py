"""What came back for a request, as a grader reads it. All of it was written by the answer."""

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from greenroom_runner.harness.asgi import MAX_HEADERS
from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.compare import show
from greenroom_runner.harness.values import BadValue

_MAX_TYPE = 200
_CHARSETS = frozenset(
    ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16")
)


class Headers(Mapping[str, str]):
    """Header fields by lower-case name. A name that came several times has its values joined by
    commas.
    """

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        found = self.all(name)
        if not found:
            raise KeyError(name)
        return ", ".join(found)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._fields))

    def __len__(self) -> int:
        return len(dict(self._fields))

    def __repr__(self) -> str:
        return repr(dict(self))

    def all(self, name: str) -> list[str]:
        """Return every value of one name, in the order in which they came."""
        return [value for key, value in self._fields if key == name.lower()]


@dataclass(frozen=True)
class Cookie:
    """A cookie as a reply sets it. `attributes` by lower-case name; a flag's value is empty."""

    value: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """One reply. `raised` is the type name of the exception behind a 500, or None."""

    status: int
    headers: Headers
    body: bytes
    raised: str | None

    @property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that the reply sets, by name. Of a name set twice the last one counts."""
        return dict(_cookie(line) for line in self.headers.all("set-cookie"))

    @property
    def text(self) -> str:
        """The body as text, in the charset that it names, else UTF-8."""
        described = Message()
        described["content-type"] = self.headers.get("content-type", "")[:_MAX_TYPE]
        return self.body.decode(_charset(described.get_content_charset()), "replace")

    def json(self) -> Any:
        """Return the body read as JSON. A body that is not JSON fails the check."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            message = f"The body of a {self.status} response should be JSON."
            raise CheckFailed(message, show(self.text), "JSON") from None


def _cookie(line: str) -> tuple[str, Cookie]:
    pair, *rest = line.split(";")
    name, _, value = pair.partition("=")
    parts = (part.partition("=") for part in rest)
    attributes = {key.strip().lower(): text.strip() for key, _, text in parts}
    return name.strip(), Cookie(value.strip().strip('"'), attributes)


def _charset(name: str | None) -> str:
    """Return the charset of this name, or UTF-8. There are codecs that take minutes for a body."""
    try:
        found = codecs.lookup(name or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    return found if found in _CHARSETS else "utf-8"


def _no_constant(name: str) -> float:
    raise ValueError(name)


def read(value: Any) -> Reply:
    """Return the reply in what a candidate sent. Raises BadValue."""
    match value:
        case {"status": int(status), "headers": list(fields), "body": bytes(body)}:
            raised = value.get("raised")
            named = raised if isinstance(raised, str) else None
            return Reply(status, read_headers(fields), body, named)
        case _:
            raise BadValue("it is not a reply to a request")


def read_headers(fields: list[Any]) -> Headers:
    """Return header fields as a candidate sent them. Raises BadValue."""
    read = [_field(field) for field in fields]
    if sum(len(name) + len(text) for name, text in read) > MAX_HEADERS:
        raise BadValue("its headers are too large")
    return Headers(read)


def _field(field: Any) -> tuple[str, str]:
    match field:
        case [str(name), str(text)]:
            return name.lower(), text
        case _:
            raise BadValue("it has a header that is none")
