"""A response that a check reads while the answer still writes it, and the events in it."""

import codecs
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.replies import Headers, read_headers
from greenroom_runner.harness.values import BadValue

_CHUNK = 64 * 1024
LONGEST_EVENT = 1024 * 1024


@dataclass(frozen=True)
class Event:
    """A server-sent event. `id` and `retry` are the last ones that were sent, as a browser keeps
    them; events that differ in `retry` alone are equal, since it belongs to the connection.
    """

    data: str
    event: str = "message"
    id: str = ""
    retry: int | None = field(default=None, compare=False, repr=False)


class _Parser:
    """Takes bytes and gives events, as the WHATWG's standard says."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._after_cr = False
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self._retry: int | None = None

    def feed(self, body: bytes) -> Iterator[Event]:
        """Yield the events that these bytes complete."""
        for line in self._lines(self._decoder.decode(body)):
            if line:
                self._take(line)
            elif (event := self._ended()) is not None:
                yield event
        if len(self._text) + sum(map(len, self._data)) > LONGEST_EVENT:
            raise CheckFailed(f"An event is longer than {LONGEST_EVENT // 1024} KiB.")

    def _lines(self, text: str) -> list[str]:
        """Return the lines that are whole now. They end in CR, LF, or both."""
        if self._after_cr:
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r")
        joined = self._text + text.replace("\r\n", "\n").replace("\r", "\n")
        *lines, self._text = joined.split("\n")
        return lines

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit():
                self._retry = int(value[:9])

    def _ended(self) -> Event | None:
        data, event = self._data, self._event
        self._data, self._event = [], ""
        if not data:
            return None
        return Event("\n".join(data), event or "message", self._id, self._retry)


class Stream:
    """A response under way: read it, and leave when it was read far enough. `with` leaves it."""

    def __init__(self, ask: Callable[[Frame], Any], value: Any) -> None:
        """Raises BadValue for what is no stream."""
        match value:
            case {"status": int(status), "headers": list(fields), "stream": int(number)}:
                self.status = status
                self.headers: Headers = read_headers(fields)
            case _:
                raise BadValue("it is no response that has started")
        raised = value.get("raised")
        self.raised = raised if isinstance(raised, str) else None
        """The type name of the exception that broke it off, or None."""
        self.ended = False
        """Whether the last read met the end of the response."""
        self._ask = ask
        self._number = number
        self._parser = _Parser()
        self._events: deque[Event] = deque()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()

    def read(self, most: int = _CHUNK) -> bytes:
        """Return what has come, at most so many bytes, waiting for some. Empty at the end, and
        where nothing comes for a second; `ended` tells them apart.
        """
        value = self._ask({"op": "read", "stream": self._number, "most": most})
        match value:
            case {"body": bytes(body), "ended": bool(ended)}:
                self.ended = ended
                raised = value.get("raised")
                self.raised = raised if isinstance(raised, str) else None
                return body
            case _:
                raise BadValue("it is no part of a response")

    def event(self) -> Event | None:
        """Return the next server-sent event, waiting for it; None where `read` is empty."""
        while not self._events:
            body = self.read()
            if not body:
                return None
            self._events.extend(self._parser.feed(body))
        return self._events.popleft()

    def events(self, count: int) -> list[Event]:
        """Return the next events, at most so many; fewer where no more come."""
        found: list[Event] = []
        while len(found) < count and (event := self.event()) is not None:
            found.append(event)
        return found

    def close(self) -> None:
        """Leave, as a browser does that goes elsewhere."""
        if not self._closed:
            self._closed = True
            self._ask({"op": "close", "stream": self._number})
