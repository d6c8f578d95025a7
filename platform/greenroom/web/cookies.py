"""Cookies that a dependency sets.

A route that builds its own response drops the headers of its dependencies, so the cookies wait in
the request's state and `SecurityMiddleware` (csrf.py) writes them.
"""

from http.cookies import SimpleCookie

from starlette.requests import HTTPConnection
from starlette.types import Scope

_WAITING = "cookies_to_set"


def set_cookie(request: HTTPConnection, name: str, value: str, max_age: int) -> None:
    """Have the answer set an HttpOnly, SameSite=Lax cookie, Secure if the request came by https."""
    cookie: SimpleCookie = SimpleCookie({name: value})
    morsel = cookie[name]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    morsel["max-age"] = max_age
    if request.url.scheme == "https":
        morsel["secure"] = True
    request.scope.setdefault("state", {}).setdefault(_WAITING, []).append(morsel.OutputString())


def clear_cookie(request: HTTPConnection, name: str) -> None:
    """Have the answer remove a cookie."""
    set_cookie(request, name, "", max_age=0)


def waiting_cookies(scope: Scope) -> list[str]:
    """Return the Set-Cookie values that wait for this request's answer."""
    waiting: list[str] = scope.get("state", {}).get(_WAITING, [])
    return waiting
