"""Reading server-sent events as a client does."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

PATIENCE = 20.0
WHOLE_STREAM = 60.0
"""No stream of a test takes longer. Lines that only keep it open do not hold up the failure."""


@dataclass(frozen=True)
class Sent:
    """One event: its id, its name, its data."""

    id: str
    event: str
    data: str

    @property
    def body(self) -> dict[str, Any]:
        """The data as JSON."""
        read: dict[str, Any] = json.loads(self.data)
        return read


def parse(lines: Iterable[str]) -> Iterator[Sent]:
    """Yield the events in lines; comments and retry times are no events."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif not line:
            if "data" in fields or "event" in fields:
                first = {name: values[0] for name, values in fields.items()}
                data = "\n".join(fields.get("data", ()))
                yield Sent(first.get("id", ""), first.get("event", "message"), data)
            fields = {}


def in_time(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, as long as it does not take for ever."""
    deadline = time.monotonic() + WHOLE_STREAM
    for line in lines:
        assert time.monotonic() < deadline, "the stream has no end"
        yield line


@contextmanager
def listening(client: httpx2.Client, url: str, after: str = "") -> Iterator[Iterator[Sent]]:
    """Listen to a stream, behind `after` if given."""
    headers = {"Last-Event-ID": after} if after else {}
    with client.stream("GET", url, headers=headers, timeout=PATIENCE) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield parse(in_time(answer.iter_lines()))


def heard(client: httpx2.Client, url: str, after: str = "") -> list[Sent]:
    """Return all events of a stream up to its end."""
    with listening(client, url, after) as events:
        return list(events)
