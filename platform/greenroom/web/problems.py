"""Faults as answers: problem details (RFC 9457) under /api, a page elsewhere, never a traceback."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from greenroom.core.errors import (
    BusyError,
    ForbiddenError,
    GreenroomError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
)
from greenroom.web import pages

log = logging.getLogger(__name__)
API = "/api/"


@dataclass(frozen=True)
class ErrorPage:
    """What templates/errors/*.html shows. `reference` is set for a fault of ours, as in the log."""

    status: int
    title: str
    message: str
    fields: Mapping[str, str]
    reference: str = ""


def install(app: FastAPI) -> None:
    """Give the application its answers to every fault."""
    app.add_exception_handler(GreenroomError, _on_fault)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(DataError, _on_unfit)
    app.add_exception_handler(OperationalError, _on_database)
    app.add_exception_handler(PoolTimeoutError, _on_database)
    app.add_exception_handler(Exception, _on_bug)


def answer_fault(request: Request, fault: GreenroomError, reference: str = "") -> Response:
    """Return the answer to a fault, in the form that suits the address."""
    if request.url.path.startswith(API):
        return _problem(fault, reference)
    if isinstance(fault, UnauthorizedError):
        return _to_sign_in(request)
    shown = ErrorPage(fault.status, fault.title, str(fault), _fields(fault), reference)
    return pages.page(
        request, _template(fault.status), shown, status=fault.status, headers=_headers(fault)
    )


def _problem(fault: GreenroomError, reference: str) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:greenroom:problem:{fault.code}",
        "title": fault.title,
        "status": fault.status,
        "detail": str(fault),
    }
    if fields := _fields(fault):
        body["fields"] = fields
    if reference:
        body["reference"] = reference
    return JSONResponse(body, fault.status, _headers(fault), media_type="application/problem+json")


def _fields(fault: GreenroomError) -> dict[str, str]:
    return fault.fields if isinstance(fault, InvalidInputError) else {}


def _headers(fault: GreenroomError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(fault, BusyError):
        headers["Retry-After"] = str(fault.retry_after)
    if isinstance(fault, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def _template(status: int) -> str:
    own = f"errors/{status}.html"
    return own if own in pages.environment().list_templates(["html"]) else "errors/error.html"


def _to_sign_in(request: Request) -> Response:
    if request.headers.get("HX-Request"):
        # Only htmx reads this; a redirect would be followed inside the part of the page that asked.
        return Response(
            status_code=204, headers={"HX-Redirect": "/sign-in", "Cache-Control": "no-store"}
        )
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(
        f"/sign-in?next={quote(here, safe='')}", 303, {"Cache-Control": "no-store"}
    )


async def _on_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, GreenroomError)
    return answer_fault(request, error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = answer_fault(request, _of_status(error.status_code))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


_BY_STATUS: dict[int, tuple[type[GreenroomError], str]] = {
    401: (UnauthorizedError, "Sign in first."),
    403: (ForbiddenError, "You may not do this."),
    404: (
        NotFoundError,
        "There is nothing at this address. Check it, or start from the first page.",
    ),
    413: (TooLargeError, "That is more than can be taken. Send less."),
    422: (InvalidInputError, "What was sent is not well formed."),
    429: (BusyError, "Too many requests at once. Wait a moment and try again."),
    503: (UnavailableError, "A part of this site does not answer. Try again in a moment."),
}


def _of_status(status: int) -> GreenroomError:
    if status in _BY_STATUS:
        kind, text = _BY_STATUS[status]
        return kind(text)
    phrase = HTTPStatus(status).phrase
    fault = GreenroomError(f"{phrase}. Check how the request was made.")
    fault.status, fault.title, fault.code = status, phrase, phrase.lower().replace(" ", "_")
    return fault


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = {_field(fault["loc"]): _sentence(fault["msg"]) for fault in error.errors()}
    return answer_fault(
        request, InvalidInputError("What was sent is not well formed. See the fields.", fields)
    )


def _field(place: tuple[str | int, ...]) -> str:
    where = (
        place[1:] if place and place[0] in {"body", "query", "path", "header", "cookie"} else place
    )
    return ".".join(str(part) for part in where) or str(place[0] if place else "body")


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


async def _on_unfit(request: Request, error: Exception) -> Response:
    # PostgreSQL takes no NUL in a text and no number that is too large, not even to compare with.
    log.info("the database cannot take what was sent: %s", error)
    return answer_fault(
        request,
        InvalidInputError("What was sent holds a value that cannot be kept. Check the address."),
    )


async def _on_database(request: Request, error: Exception) -> Response:
    log.error("the database does not answer: %s", error)
    return answer_fault(
        request,
        UnavailableError(
            "The database does not answer. Nothing was lost that was stored; try again in a moment."
        ),
    )


class _BugError(GreenroomError):
    status = 500
    code = "internal"
    title = "Something went wrong here"


async def _on_bug(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("reference %s: %s %s", reference, request.method, request.url.path, exc_info=error)
    text = (
        f"It is not your doing. If it stays, tell whoever runs this site the reference {reference}."
    )
    return answer_fault(request, _BugError(text), reference)
