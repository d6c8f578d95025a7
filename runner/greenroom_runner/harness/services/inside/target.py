"""An HTTP server that counts: what a load test is aimed at."""

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from greenroom_runner.harness.services.inside.web import Request, Response, WebServer
from greenroom_runner.harness.services.protocol import ServiceError

MAX_DIFFERENT = 500
"""How many pairs of method and path, and how many user agents, are told apart."""
MAX_LENGTH = 500
_REST = "(others)"
_STATUSES = range(200, 600)


@dataclass
class _Seen:
    """What arrived, and what is replied to it."""

    counts: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    first: float | None = None
    last: float | None = None
    replies: dict[str, Response] = field(default_factory=dict)


class Target:
    """Replies with 200 and `{}` where nothing else was scripted."""

    def __init__(self, listening: socket.socket) -> None:
        self._seen = _Seen()
        self._kept = _Seen()
        self._server = WebServer(listening, self._respond)

    @property
    def questions(self) -> Mapping[str, Callable[..., Any]]:
        return {"requests": self._requests, "answer": self._answer}

    async def start(self) -> dict[str, str]:
        self._server.open()
        return {"TARGET_URL": self._server.address}

    async def keep(self) -> None:
        self._kept = deepcopy(self._seen)

    async def reset(self) -> None:
        await self._server.drop()
        self._seen = deepcopy(self._kept)

    def _respond(self, request: Request) -> Response:
        now, seen = time.time(), self._seen
        key = f"{request.method} {request.target.partition('?')[0]}"
        _count(seen.counts, key)
        _count(seen.agents, request.headers.get("user-agent", ""))
        seen.first, seen.last = seen.first or now, now
        return seen.replies.get(key, _reply(200, {}))

    def _requests(self) -> dict[str, Any]:
        seen = self._seen
        return {
            "counts": dict(seen.counts),
            "agents": dict(seen.agents),
            "first": seen.first,
            "last": seen.last,
        }

    def _answer(self, method: str, path: str, status: int, body: Any = None) -> None:
        """Reply so from now on. Text is sent as it is, any other value as JSON."""
        if status not in _STATUSES:
            raise ServiceError(f"A reply cannot have the status {status!r}. Use 200 to 599.")
        self._seen.replies[f"{method} {path}"] = _reply(status, body)


def _count(counter: Counter[str], key: str) -> None:
    key = key[:MAX_LENGTH]
    counter[key if key in counter or len(counter) < MAX_DIFFERENT else _REST] += 1


def _reply(status: int, body: Any) -> Response:
    if isinstance(body, str):
        return Response(status, body.encode(), {"content-type": "text/plain; charset=utf-8"})
    return Response(status, json.dumps(body).encode(), {"content-type": "application/json"})
