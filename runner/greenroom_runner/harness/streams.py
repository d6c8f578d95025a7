"""A response that is read while the application still writes it.

The application may write a little ahead of whoever reads, as the buffer of a socket lets it, and
waits then. When the reader leaves, the application learns it as from a server: `receive` returns
`http.disconnect`, and what it still sends is dropped.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from greenroom_runner.harness.asgi import App, Message, ServerError, pieces, started

ROOM = 64 * 1024
"""How many bytes may be written and not yet read."""
_GRACE = 0.2
"""Seconds that an application has to end by itself once its reader has left."""


class Stream:
    """One request under way. To be made and used in the application's loop."""

    def __init__(self, app: App, scope: Message, body: bytes) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.raised: BaseException | None = None
        self._request = deque(pieces(body))
        self._unread = bytearray()
        self._over = False
        self._left = asyncio.Event()
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._run(app, scope))

    async def start(self) -> None:
        """Wait until the response has started. Raises ServerError."""
        await self._until(lambda: bool(self.status))
        if isinstance(self.raised, ServerError):
            raise self.raised
        if not self.status and self.raised is None:
            raise ServerError("the app returned without a response")
        self.status = self.status or 500

    @property
    def ended(self) -> bool:
        """Whether the application is through and all that it wrote was read."""
        return self._over and not self._unread

    async def read(self, most: int, patience: float) -> bytes:
        """Return what there is, at most so many bytes; wait for some, at most so many seconds.
        Empty where none came.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._until(lambda: bool(self._unread))
        data = bytes(self._unread[:most])
        async with self._changed:
            del self._unread[:most]
            self._changed.notify_all()
        return data

    async def close(self) -> None:
        """Leave, and see the application end."""
        self._left.set()
        async with self._changed:
            self._changed.notify_all()
        done, _ = await asyncio.wait({self._task}, timeout=_GRACE)
        if not done:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_GRACE)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._over or condition())

    async def _run(self, app: App, scope: Message) -> None:
        try:
            await app(scope, self._receive, self._send)
        except asyncio.CancelledError:
            raise
        except BaseException as problem:
            self.raised = problem
        finally:
            self._over = True
            async with self._changed:
                self._changed.notify_all()

    async def _receive(self) -> Message:
        if self._request:
            piece = self._request.popleft()
            return {"type": "http.request", "body": piece, "more_body": bool(self._request)}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._left.is_set():
            return
        async with self._changed:
            if message.get("type") == "http.response.start":
                self.status, self.headers = started(message, again=bool(self.status))
            elif message.get("type") == "http.response.body":
                self._write(message)
            self._changed.notify_all()
            await self._changed.wait_for(lambda: len(self._unread) <= ROOM or self._left.is_set())

    def _write(self, message: Message) -> None:
        if not self.status:
            raise ServerError("the app sent a body before it started its response")
        self._unread += message.get("body", b"")
        self._over = not message.get("more_body", False)
