"""Which names the site answers to.

A stranger's page can point its own name at this machine (DNS rebinding) and would then count as
the same site. So whoever asks for another name gets nothing.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from greenroom.core.config import Settings
from greenroom.core.errors import GreenroomError
from greenroom.web.problems import answer_fault

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _StrangeNameError(GreenroomError):
    status = 421
    code = "misdirected"
    title = "This site has another name"


def names_of(settings: Settings) -> frozenset[str] | None:
    """Return the names to answer to; None, all of them, on a server that was told no address."""
    if settings.public_url:
        return LOOPBACK | {str(urlsplit(settings.public_url).hostname)}
    return LOOPBACK | {settings.host} if settings.is_loopback else None


class HostMiddleware:
    """Refuses requests for a name that is not the site's."""

    def __init__(self, app: ASGIApp, names: frozenset[str] | None) -> None:
        """Wrap an application; `names` None lets all names pass."""
        self.app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the Host header, then hand on."""
        if scope["type"] != "http" or self._names is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        asked = _name(request.headers.get("host", ""))
        if asked in self._names:
            await self.app(scope, receive, send)
            return
        fault = _StrangeNameError(
            f"This site does not answer to the name “{asked[:100]}”. "
            "Whoever runs it can set GREENROOM_PUBLIC_URL to the address that people type."
        )
        await answer_fault(request, fault)(scope, receive, send)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
