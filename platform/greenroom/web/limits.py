"""How much a request may carry, counted while it arrives, so that no length need be announced."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greenroom.core.errors import TooLargeError
from greenroom.web.problems import answer_fault

MAX_BODY = 1024 * 1024
# A client that is still sending cannot read an answer: so much more is taken in and thrown away.
MAX_THROWN_AWAY = 16 * MAX_BODY


class BodyLimitMiddleware:
    """Answers 413 to a body of more than `most` bytes."""

    def __init__(self, app: ASGIApp, most: int = MAX_BODY) -> None:
        """Wrap an application."""
        self.app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, counting."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _announced(scope) > self._most:
            await _throw_away(receive)
            await self._refuse(scope, receive, send)
            return
        counter = _Counter(receive, send, self._most)
        try:
            await self.app(scope, counter.receive, counter.send)
        except HTTPException:
            if not counter.exceeded:
                raise
        if counter.exceeded and not counter.answering:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = TooLargeError(
            f"More than {self._most // 1024} KiB were sent, which is more than any answer needs. "
            "Nothing was kept; shorten it and try again."
        )
        await answer_fault(Request(scope), fault)(scope, receive, send)


class _Counter:
    """The two ends of one request. Past the limit the application's answer no longer counts."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._left = most
        self.exceeded = False
        self.answering = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.exceeded = True
            if message.get("more_body"):
                await _throw_away(self._receive)
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        if self.exceeded and not self.answering:
            return
        self.answering = True
        await self._send(message)


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


async def _throw_away(receive: Receive) -> None:
    thrown = 0
    while thrown < MAX_THROWN_AWAY:
        message = await receive()
        thrown += len(message.get("body", b""))
        if not message.get("more_body"):
            return
