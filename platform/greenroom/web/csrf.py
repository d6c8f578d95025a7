"""Protection of the browser's side: whose request is this, and what may a page of ours load.

A cookie travels with every request to the site, whoever caused it. So a request that changes
something and carries the cookie must show that it comes from one of the site's own pages: by
Sec-Fetch-Site, which browsers set and scripts cannot, or else by Origin. A bearer token is never
sent by itself and needs no such proof.
"""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greenroom.core.errors import ForbiddenError
from greenroom.web.cookies import waiting_cookies
from greenroom.web.problems import answer_fault

COOKIE = "greenroom_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Styles set by the editor at run time are why style-src allows inline; scripts never are.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def comes_from_this_site(request: HTTPConnection) -> bool:
    """Whether a browser says that one of our own pages, or the person, caused the request."""
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


class SecurityMiddleware:
    """Refuses changes that another site caused; adds security headers and waiting cookies."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                for cookie in waiting_cookies(scope):
                    headers.append("Set-Cookie", cookie)
            await send(message)

        request = Request(scope, receive)
        if _is_foreign(request):
            response = answer_fault(
                request,
                ForbiddenError(
                    "This request came from another site. Open the page here and try again."
                ),
            )
            await response(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def _is_foreign(request: Request) -> bool:
    if request.method in SAFE or request.headers.get("authorization", "").lower().startswith(
        "bearer "
    ):
        return False
    return COOKIE in request.cookies and not comes_from_this_site(request)
