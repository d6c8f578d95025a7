"""The code question: its page, handing in, hints, the solution. All of it works without scripts."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from greenroom.accounts.guard import PageScope
from greenroom.accounts.scope import Scope
from greenroom.bank import queries as bank
from greenroom.bank.models import Question
from greenroom.core.errors import BusyError, GreenroomError, InvalidInputError
from greenroom.judging.service import Mode
from greenroom.practice import code_screen, explain_routes, service
from greenroom.practice.code_screen import Shown
from greenroom.practice.explanations import attempt_at
from greenroom.practice.views import RefusedView, Tab
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)

MAX_DIGITS = 20
_MODES: Mapping[object, Mode] = {"run": "run", "submit": "submit", None: "submit"}


async def sent_form(request: Request) -> dict[str, str]:
    """Return the text fields of a form."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


SentForm = Annotated[dict[str, str], Depends(sent_form)]


@router.get("/questions/{slug}")
def question(
    request: Request, session: DbSession, scope: PageScope, slug: str, tab: Tab = "question"
) -> Response:
    """Show a question, of whichever kind."""
    found = bank.question_by_slug(session, slug)
    if found.kind == "explain":
        return explain_routes.render(request, session, scope, found)
    return show(request, session, scope, found, Shown(tab))


@router.post("/questions/{slug}/submissions")
def hand_in(
    request: Request, session: DbSession, scope: PageScope, slug: str, form: SentForm
) -> Response:
    """Hand in what is in the editor. htmx gets the results panel, a plain form the permalink."""
    found = bank.question_by_slug(session, slug)
    files = {name: text for name, text in form.items() if name not in {"mode", "seed"}}
    plain = not pages.wants_fragment(request)
    if plain:
        service.keep_draft(session, scope, found, files)
    try:
        submission = service.hand_in(session, scope, found, files, _mode(form), _seed(form))
    except GreenroomError as fault:
        return _refused(request, session, scope, found, files, fault)
    if plain:
        return RedirectResponse(f"/submissions/{submission.id}", 303)
    panel = code_screen.panel_at_first(session, scope, found.current, submission)
    return pages.fragment(request, "practice/_results.html", panel)


@router.get("/questions/{slug}/submissions")
def back_to_the_question(slug: str) -> Response:
    """Lead back whoever lands here after signing in again: the draft is on the question's page."""
    return RedirectResponse(f"/questions/{quote(slug)}", 303)


@router.post("/questions/{slug}/hints")
def hint(request: Request, session: DbSession, scope: PageScope, slug: str) -> Response:
    """Show the next hint."""
    found = bank.question_by_slug(session, slug)
    service.show_hint(attempt_at(session, scope, found), found.current)
    return _left(request, session, scope, found, "hints")


@router.post("/questions/{slug}/solution")
def solution(request: Request, session: DbSession, scope: PageScope, slug: str) -> Response:
    """Give up, and show the solution."""
    found = bank.question_by_slug(session, slug)
    service.give_up(attempt_at(session, scope, found))
    return _left(request, session, scope, found, "solution")


def show(
    request: Request, session: Session, scope: Scope, question: Question, shown: Shown
) -> Response:
    """Answer with the code question, or with its left pane when htmx asks for a tab."""
    page = code_screen.code_page(session, scope, question, shown)
    if pages.wants_fragment(request):
        return pages.fragment(request, "practice/_left.html", page)
    return pages.page(request, "practice/code.html", page, section="questions")


def _left(
    request: Request, session: Session, scope: Scope, question: Question, tab: Tab
) -> Response:
    session.flush()
    if not pages.wants_fragment(request):
        return RedirectResponse(f"/questions/{question.slug}?tab={tab}", 303)
    return show(request, session, scope, question, Shown(tab))


def _mode(form: Mapping[str, str]) -> Mode:
    mode = _MODES.get("run" if "seed" in form else form.get("mode"))
    if mode is None:
        raise InvalidInputError("A submission is either run or submitted.")
    return mode


def _seed(form: Mapping[str, str]) -> int | None:
    """Return what the inputs are to be drawn with: the button that runs a check again sends it."""
    text = form.get("seed")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise InvalidInputError("A seed is a whole number.")
    return int(text)


def _refused(
    request: Request,
    session: Session,
    scope: Scope,
    question: Question,
    files: Mapping[str, str],
    fault: GreenroomError,
) -> Response:
    """Say why nothing was handed in. The text stays where it was typed."""
    refused = RefusedView(fault.title, str(fault))
    if not question.current.is_complete:
        refused = code_screen.UNJUDGEABLE
    if pages.wants_fragment(request):
        answer = pages.fragment(request, "practice/_refused.html", refused, status=fault.status)
    else:
        page = code_screen.code_page(session, scope, question, Shown(sent=files, refused=refused))
        answer = pages.page(request, "practice/code.html", page, status=fault.status)
    if isinstance(fault, BusyError):
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer
