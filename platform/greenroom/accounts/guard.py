"""Who is asking: pages know a browser by its cookie, the API also takes tokens."""

from typing import Annotated

from fastapi import Depends, Request

from greenroom.accounts import queries, service, tokens
from greenroom.accounts.scope import Scope
from greenroom.core.config import settings
from greenroom.core.errors import UnauthorizedError
from greenroom.web.cookies import set_cookie
from greenroom.web.csrf import COOKIE, comes_from_this_site
from greenroom.web.db import DbSession

SAFE = ("GET", "HEAD")


def page_scope(request: Request, session: DbSession) -> Scope:
    """Return who looks at a page; single-user mode signs the local person in by itself."""
    scope = _by_cookie(request, session) or _local_person(request, session)
    if scope is None:
        raise UnauthorizedError("Sign in to see this page.")
    return _seen(request, scope)


def api_scope(request: Request, session: DbSession) -> Scope:
    """Return who calls the API: by bearer token if one was sent, else by the site's cookie."""
    bearer = bearer_token(request)
    scope = _by_bearer(session, bearer) if bearer is not None else _by_cookie(request, session)
    if scope is None:
        raise UnauthorizedError(
            "Send an access token or a personal token as “Authorization: Bearer ...”. "
            "POST /api/v1/auth/token gives one."
        )
    return _seen(request, scope)


def reader(request: Request, session: DbSession) -> None:
    """Let the bank be read: by everyone in single-user mode, else by those who are signed in."""
    if settings().mode == "multi-user":
        api_scope(request, session)


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header, None where there is none of that scheme."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _by_cookie(request: Request, session: DbSession) -> Scope | None:
    cookie = request.cookies.get(COOKIE)
    return service.scope_of_login(session, cookie) if cookie else None


def _by_bearer(session: DbSession, token: str) -> Scope | None:
    if token.startswith(service.PERSONAL_PREFIX):
        return service.scope_of_personal_token(session, token)
    user_id = tokens.read_access_token(token)
    return queries.scope_of_user(session, user_id) if user_id else None


def _local_person(request: Request, session: DbSession) -> Scope | None:
    if settings().mode != "single-user":
        return None
    # Without its cookie a change must show that it comes from one of the site's own pages.
    if request.method not in SAFE and not comes_from_this_site(request):
        return None
    scope = service.ensure_local_person(session)
    cookie = service.sign_in(session, scope.user_id, request.headers.get("user-agent", ""))
    set_cookie(request, COOKIE, cookie, service.LOGIN_SECONDS)
    return scope


def _seen(request: Request, scope: Scope) -> Scope:
    request.state.viewer_name = scope.name
    return scope


PageScope = Annotated[Scope, Depends(page_scope, scope="function")]
ApiScope = Annotated[Scope, Depends(api_scope, scope="function")]
MayReadBank = Depends(reader, scope="function")
