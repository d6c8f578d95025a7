"""A small ASGI server without a network: one application, its lifespan, and one request at a time.

It behaves as a real server does where an answer can tell: the lifespan runs once, the body arrives
in pieces, `receive` waits for a disconnect once the body is through, and an exception behind the
response becomes a 500.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

MAX_BODY = 1024 * 1024
MAX_HEADERS = 64 * 1024
_PIECE = 16 * 1024
_ASGI = {"version": "3.0", "spec_version": "2.4"}


class ServerError(Exception):
    """The application does not behave as ASGI asks for. The text is for the candidate."""


@dataclass
class Response:
    """What the application sent for one request, and what it raised, if anything."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    raised: BaseException | None = None


class Lifespan:
    """The application's start-up and shutdown. An application without a lifespan is fine."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        """Run the start-up. Raises what the application raised, or ServerError when it says that
        it failed.
        """
        self._task = asyncio.create_task(self._run())
        await self._say("lifespan.startup")

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._say("lifespan.shutdown")

    async def _run(self) -> None:
        scope: Message = {"type": "lifespan", "asgi": _ASGI, "state": self.state}
        await self._app(scope, self._inbox.get, self._answers.put)

    async def _say(self, kind: str) -> None:
        assert self._task is not None
        await self._inbox.put({"type": kind})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            if kind == "lifespan.startup":
                self._refused()
            return
        message = answer.result()
        if str(message.get("type", "")).endswith(".failed"):
            await self._failed(message)

    def _refused(self) -> None:
        """The application ended without an answer: it has no lifespan, unless it raised something
        of its own.
        """
        assert self._task is not None
        if not self._task.cancelled():
            self._task.exception()

    async def _failed(self, message: Message) -> None:
        """Raise what made the lifespan fail: Starlette says so first and raises right after."""
        assert self._task is not None
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._task), 1)
        raise ServerError(f"the lifespan failed: {str(message.get('message', ''))[-500:]}")


async def request(app: App, scope: Message, body: bytes) -> Response:
    """Send one request and return what came back. Raises ServerError."""
    response = Response()
    exchange = _Exchange(response, body)
    try:
        await app(scope, exchange.receive, exchange.send)
    except ServerError:
        raise
    except Exception as problem:
        response.raised = problem
        if not response.status:
            response.status = 500
            response.headers = [(b"content-type", b"text/plain; charset=utf-8")]
            response.body += b"Internal Server Error"
    finally:
        exchange.over.set()
    if not response.status:
        raise ServerError("the app returned without a response")
    return response


def pieces(body: bytes) -> list[bytes]:
    """Return a request's body as it arrives."""
    return [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)] or [b""]


def started(message: Message, *, again: bool) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return status and headers of a response that starts. Raises ServerError."""
    if again:
        raise ServerError("the app started its response twice")
    headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
        raise ServerError(f"the headers are larger than {MAX_HEADERS // 1024} KiB")
    return int(message["status"]), headers


class _Exchange:
    """The two callables of one request."""

    def __init__(self, response: Response, body: bytes) -> None:
        self._response = response
        self._pieces = pieces(body)
        self.over = asyncio.Event()

    async def receive(self) -> Message:
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "http.response.start":
            response = self._response
            response.status, response.headers = started(message, again=bool(response.status))
        elif kind == "http.response.body":
            self._body(message)

    def _body(self, message: Message) -> None:
        if not self._response.status:
            raise ServerError("the app sent a body before it started its response")
        self._response.body += message.get("body", b"")
        if len(self._response.body) > MAX_BODY:
            raise ServerError(f"the response is larger than {MAX_BODY // 1024} KiB")
        if not message.get("more_body", False):
            self.over.set()
