"""Faults as answers: problem details (RFC 9457) under /api, a page elsewhere, never a traceback."""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Mount

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
NOTHING_HERE = "There is nothing at this address. Check it, or start from the first page."
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MAX_TOLD = 20
"""So many fields are named at most, and so many characters of a name that somebody else chose."""
MAX_NAME = 100


class Problem(BaseModel):
    """A fault as scripts get it (RFC 9457). `type` names the kind, `detail` says what to do.

    `fields` has a sentence for each field that was not right; `reference` is found in the log.
    """

    type: str
    title: str
    status: int
    detail: str
    fields: dict[str, str] = {}
    reference: str = ""


_SCHEMA = {"application/problem+json": {"schema": Problem.model_json_schema()}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "What was asked for was not right.", "content": _SCHEMA},
    "5XX": {"description": "A fault of this site, or a part of it is away.", "content": _SCHEMA},
}
"""What every route of the API may answer too, for its OpenAPI description."""


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
    return _ProblemResponse(body, fault.status, _headers(fault))


class _ProblemResponse(JSONResponse):
    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 as in the class above it
        """Return the JSON. What was sent may come back in it, so half a character is escaped."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


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
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(_allowed(request, answer.headers.get("allow", "")))
    return answer


def _allowed(request: Request, found: str) -> Sequence[str]:
    """Return the methods that an address takes, for `found` are those of its first route alone."""
    methods = {name for name in _METHODS if _takes(request, name)} | {*found.split(", ")} - {""}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _takes(request: Request, method: str) -> bool:
    asked = {**request.scope, "method": method}
    return any(
        route.matches(asked)[0] is Match.FULL
        for route in request.app.routes
        if not isinstance(route, Mount)
    )


class _MethodError(GreenroomError):
    status = 405
    code = "method_not_allowed"
    title = "Not with this method"


_BY_STATUS: dict[int, tuple[type[GreenroomError], str]] = {
    400: (
        GreenroomError,
        "The body cannot be read. Send JSON or a form in UTF-8, and nothing nested deeply.",
    ),
    401: (UnauthorizedError, "Sign in first."),
    403: (ForbiddenError, "You may not do this."),
    404: (NotFoundError, NOTHING_HERE),
    405: (
        _MethodError,
        "This address takes other methods; the header Allow names them. Use one of those.",
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
    faults = error.errors()
    if any(fault["loc"][:1] == ("path",) for fault in faults):
        # What no id can look like is as unknown as an id that nothing has.
        return answer_fault(request, NotFoundError(NOTHING_HERE))
    fields = dict(_told(fault) for fault in faults[:MAX_TOLD])
    return answer_fault(request, InvalidInputError(_in_short(fields), fields))


def _told(fault: Mapping[str, Any]) -> tuple[str, str]:
    """Return the field of a fault, and a sentence about it."""
    place: Sequence[str | int] = fault["loc"]
    match fault["type"]:
        case "json_invalid":
            return "body", f"It is not JSON: {fault['ctx']['error']}, at character {place[-1]}."
        case "model_attributes_type" if tuple(place) == ("body",):
            return "body", "Send a JSON object, with the header “Content-Type: application/json”."
        case _:
            return _field(place), _sentence(fault["msg"])


def _in_short(fields: Mapping[str, str]) -> str:
    if len(fields) > 1:
        return "What was sent is not well formed. See the fields."
    return " ".join(f"“{field}” is not well formed: {text}" for field, text in fields.items())


def _field(place: Sequence[str | int]) -> str:
    inside = place[1:] if place[0] in {"body", "query", "header", "cookie"} else place
    return (".".join(map(str, inside)) or str(place[0]))[:MAX_NAME]


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
