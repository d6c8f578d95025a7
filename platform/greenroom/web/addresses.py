"""Addresses that nothing can stand at, and requests for the head of an answer alone."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greenroom.core.errors import NotFoundError
from greenroom.web.problems import NOTHING_HERE, answer_fault


class AddressMiddleware:
    """Answers 404 to a path with a NUL: one database looks in vain, the other cannot even look."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the path, then hand on."""
        if scope["type"] == "http" and "\0" in scope["path"]:
            fault = NotFoundError(NOTHING_HERE)
            await answer_fault(Request(scope), fault)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class HeadMiddleware:
    """Answers HEAD as GET without the body, for every route: those that monitors and link checkers
    ask, and the streams, which must not go on then.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on as GET, and let the head through."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif message["type"] == "http.response.body" and not ended:
                ended = True
                await send({"type": "http.response.body", "body": b""})

        await self.app({**scope, "method": "GET"}, receive, send_head)
