"""Signing in and out by browser."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from greenroom.accounts import service
from greenroom.accounts.throttle import count_try, forget_tries
from greenroom.accounts.views import SignInPage
from greenroom.core.config import settings
from greenroom.core.errors import BusyError, ForbiddenError, GreenroomError, UnauthorizedError
from greenroom.web import pages
from greenroom.web.cookies import clear_cookie, set_cookie
from greenroom.web.csrf import COOKIE, comes_from_this_site
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)

HOME = "/"
TEMPLATE = "accounts/sign_in.html"
MAX_NEXT = 2_000


@router.get("/sign-in")
def show(request: Request, next: str = HOME) -> Response:  # noqa: A002 the name in the address
    """Show the form; in single-user mode there is nobody else to sign in as."""
    if settings().mode == "single-user":
        return _go(local_address(next))
    return pages.page(request, TEMPLATE, SignInPage(next=local_address(next)))


@router.post("/sign-in")
def sign_in(
    request: Request,
    session: DbSession,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002 the field's name
) -> Response:
    """Sign in and go on to where the person wanted to be."""
    if not comes_from_this_site(request):
        # Else another site could sign its visitors in here as somebody whom it can read.
        raise ForbiddenError("Sign in on this site's own page.")
    place = request.client.host if request.client else ""
    try:
        count_try(email, place)
        scope = service.authenticate(session, email, password)
    except (UnauthorizedError, BusyError) as fault:
        return _again(request, fault, SignInPage(local_address(next), email[:254], str(fault)))
    forget_tries(email, place)
    if before := request.cookies.get(COOKIE):
        service.sign_out(session, before)
    cookie = service.sign_in(session, scope.user_id, request.headers.get("user-agent", ""))
    set_cookie(request, COOKIE, cookie, service.LOGIN_SECONDS)
    return _go(local_address(next))


@router.post("/sign-out")
def sign_out(request: Request, session: DbSession) -> Response:
    """End this browser's session, here and in the database."""
    if cookie := request.cookies.get(COOKIE):
        service.sign_out(session, cookie)
    clear_cookie(request, COOKIE)
    return _go("/sign-in" if settings().mode == "multi-user" else HOME)


def local_address(wanted: str) -> str:
    """Return an address if it stays on this site, else the first page's.

    Browsers read a backslash as a slash and skip control characters, so neither may be in it.
    """
    local = wanted.startswith("/") and not wanted.startswith("//") and len(wanted) <= MAX_NEXT
    plain = wanted.isascii() and wanted.isprintable() and not set(wanted) & {"\\", " "}
    return wanted if local and plain and not wanted.startswith("/sign-") else HOME


def _again(request: Request, fault: GreenroomError, shown: SignInPage) -> Response:
    headers = {"Retry-After": str(fault.retry_after)} if isinstance(fault, BusyError) else {}
    status = 422 if isinstance(fault, UnauthorizedError) else fault.status
    return pages.page(request, TEMPLATE, shown, status=status, headers=headers)


def _go(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
