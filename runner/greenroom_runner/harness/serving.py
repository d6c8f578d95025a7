"""The answer's application as a server would run it: its lifespan, single requests, and responses
that are read while they are written. Lives in one event loop.
"""

import base64
import contextlib
from typing import Any

from greenroom_runner.harness import asgi
from greenroom_runner.harness.errors import ErrorData, describe
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.streams import Stream

OPERATIONS = ("http", "open", "read", "close")
MOST_OPEN = 16
_MOST_READ = 1024 * 1024
_PATIENCE = 1.0
"""Seconds that a read waits for an app that writes nothing: the check can say then what is missing,
which a passed deadline could not.
"""


class Server:
    """Serves operations of one check: `app` is started with the first of them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lifespan: asgi.Lifespan | None = None
        self._streams: dict[int, Stream] = {}
        self.raised: ErrorData | None = None
        """What the application last raised behind a response."""

    async def perform(self, app: asgi.App, op: Frame) -> Any:
        """Return what was observed, as plain values. Raises ServerError, MemoryError, and what a
        lifespan raises.
        """
        match op["op"]:
            case "http":
                return await self._request(app, op)
            case "open":
                return await self._open(app, op)
            case "read":
                return await self._read(self._streams[op["stream"]], op["most"])
            case _:
                return await self._streams.pop(op["stream"]).close()

    async def stop(self) -> None:
        """Leave what is still read, and shut the application down."""
        for stream in self._streams.values():
            await stream.close()
        if self._lifespan is not None:
            with contextlib.suppress(Exception):
                await self._lifespan.stop()

    async def _request(self, app: asgi.App, op: Frame) -> Any:
        scope = await self._scope(app, op)
        response = await asgi.request(app, scope, base64.b64decode(op["body"]))
        return {
            **_head(response.status, response.headers),
            "body": bytes(response.body),
            "raised": self._noted(response.raised),
        }

    async def _open(self, app: asgi.App, op: Frame) -> Any:
        if len(self._streams) >= MOST_OPEN:
            raise asgi.ServerError(f"more than {MOST_OPEN} streams are open")
        stream = Stream(app, await self._scope(app, op), base64.b64decode(op["body"]))
        self._streams[op["n"]] = stream
        await stream.start()
        return {
            **_head(stream.status, stream.headers),
            "stream": op["n"],
            "raised": self._noted(stream.raised),
        }

    async def _read(self, stream: Stream, most: int) -> Any:
        body = await stream.read(min(most, _MOST_READ), _PATIENCE)
        ended = not body and stream.ended
        return {"body": body, "ended": ended, "raised": self._noted(stream.raised)}

    def _noted(self, raised: BaseException | None) -> str | None:
        if raised is None:
            return None
        if isinstance(raised, MemoryError):
            raise raised
        self.raised = describe(raised, "raised", self._folder)
        return str(self.raised["type"])

    async def _scope(self, app: asgi.App, op: Frame) -> asgi.Message:
        if self._lifespan is None:
            self._lifespan = asgi.Lifespan(app)
            await self._lifespan.start()
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": op["method"],
            "path": op["path"],
            "raw_path": op["raw_path"].encode("latin-1"),
            "root_path": "",
            "scheme": "http",
            "query_string": op["query"].encode("latin-1"),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in op["headers"]],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "state": self._lifespan.state.copy(),
        }


def _head(status: int, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    fields = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
    return {"status": status, "headers": fields}
