"""The explain question: a sheet to write on, then the answer beside an interviewer's rubric."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from greenroom.accounts.guard import PageScope
from greenroom.accounts.scope import Scope
from greenroom.bank import markdown
from greenroom.bank import queries as bank
from greenroom.bank.models import Question
from greenroom.core.clock import now
from greenroom.core.errors import GreenroomError, InvalidInputError, NotFoundError, TooLargeError
from greenroom.practice import explain_views as views
from greenroom.practice import explanations
from greenroom.practice.explanations import FILE, MARKS, MAX_CHARACTERS, RATINGS
from greenroom.practice.models import Attempt, Explanation
from greenroom.practice.neighbours import neighbours, shown_in_code
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)

CHANGED = {
    "rubric": "practice/_explain_rubric.html",
    "rating": "practice/_explain_rated.html",
}
Answer = Annotated[str, Form(alias=FILE)]
Short = Annotated[str, Form(max_length=100)]


def render(request: Request, session: Session, scope: Scope, question: Question) -> Response:
    """Show an explain question. `GET /questions/{slug}` calls this for a question of that kind."""
    attempt = explanations.attempt_at(session, scope, question)
    body = attempt.draft.files.get(FILE, "") if attempt.draft else ""
    copied = request.query_params.get("from", "")
    if not body.strip() and copied:
        body = explanations.own_explanation(session, scope, _id(copied)).body
    page = _sheet(session, question, attempt, body)
    return pages.page(request, "practice/explain.html", page, section="questions")


@router.post("/questions/{slug}/explanations")
def hand_in(
    request: Request, session: DbSession, scope: PageScope, slug: str, answer: Answer = ""
) -> Response:
    """Keep an answer and go to its page; what cannot be kept comes back with a sentence."""
    question = _explain_question(session, slug)
    attempt = explanations.attempt_at(session, scope, question)
    try:
        body = explanations.checked(answer)
    except (InvalidInputError, TooLargeError) as fault:
        return _refused(request, session, question, attempt, answer, fault)
    explanation = explanations.hand_in(session, attempt, question.current, body)
    return RedirectResponse(f"/explanations/{explanation.id}", 303)


@router.get("/questions/{slug}/explanations")
def back_to_the_question(slug: str) -> Response:
    """Lead back whoever lands here after signing in again: the draft is on the question's page."""
    return RedirectResponse(f"/questions/{slug}", 303)


@router.post("/questions/{slug}/preview")
def preview(
    request: Request, session: DbSession, scope: PageScope, slug: str, answer: Answer = ""
) -> Response:
    """Show how an answer will look; without scripts, on a page with the sheet."""
    question = _explain_question(session, slug)
    shown = explanations.storable(answer)[:MAX_CHARACTERS]
    html = Markup(markdown.render(shown))  # noqa: S704 sanitized by the function that made it
    if pages.wants_fragment(request):
        return pages.fragment(request, "practice/_explain_preview.html", views.Preview(html))
    attempt = explanations.attempt_at(session, scope, question)
    page = _sheet(session, question, attempt, answer, preview=html)
    return pages.page(request, "practice/explain.html", page, section="questions")


@router.get("/explanations/{explanation_id}")
def explanation(
    request: Request, session: DbSession, scope: PageScope, explanation_id: UUID
) -> Response:
    """Show an answer beside the rubric."""
    found = explanations.own_explanation(session, scope, explanation_id)
    page = _marked(session, found)
    return pages.page(request, "practice/explanation.html", page, section="questions")


@router.post("/explanations/{explanation_id}/marks")
def mark(
    request: Request,
    session: DbSession,
    scope: PageScope,
    explanation_id: UUID,
    mark: Short = "",
) -> Response:
    """Record a decision: `said`, `missed` or `undecide` of a key point, or `agree` for the rest."""
    found = explanations.own_explanation(session, scope, explanation_id)
    decision, _, point = mark.partition(":")
    chosen = next((known for known in MARKS if known == decision), None)
    if decision == "agree":
        explanations.agree(found)
    elif chosen or decision == "undecide":
        explanations.decide(found, point, chosen)
    else:
        raise InvalidInputError("Choose said or missed for one of the key points.")
    return _changed(request, session, found, "rubric")


@router.post("/explanations/{explanation_id}/rating")
def rate(
    request: Request,
    session: DbSession,
    scope: PageScope,
    explanation_id: UUID,
    rating: Short = "",
) -> Response:
    """Record how well the person knew it."""
    found = explanations.own_explanation(session, scope, explanation_id)
    chosen = next((known for known in RATINGS if known == rating), None)
    if chosen is None:
        raise InvalidInputError("Choose one of again, hard, good and easy.")
    explanations.rate(found, chosen)
    return _changed(request, session, found, "rating")


def _explain_question(session: Session, slug: str) -> Question:
    question = bank.question_by_slug(session, slug)
    if question.kind != "explain":
        raise NotFoundError("This question asks for code. Answer it in its editor.")
    return question


def _sheet(
    session: Session,
    question: Question,
    attempt: Attempt,
    body: str,
    *,
    problem: str = "",
    preview: Markup | None = None,
) -> views.ExplainPage:
    version = question.current
    before, after = neighbours(session, question)
    return views.ExplainPage(
        subject=views.subject_of(question, version),
        statement=views.statement_of(version),
        body=body,
        attempt_id=str(attempt.id),
        draft=views.draft_of(attempt),
        has_rubric=version.rubric is not None,
        earlier=views.earlier_of(explanations.of_attempt(session, attempt.id), now()),
        model_answer=views.model_answer_of(version) if attempt.gave_up_at else None,
        problem=problem,
        preview=preview,
        previous=before,
        following=after,
        in_code=shown_in_code(session, question),
    )


def _refused(
    request: Request,
    session: Session,
    question: Question,
    attempt: Attempt,
    answer: str,
    fault: GreenroomError,
) -> Response:
    body = explanations.storable(answer)
    page = _sheet(session, question, attempt, body, problem=str(fault))
    return pages.page(
        request, "practice/explain.html", page, section="questions", status=fault.status
    )


def _marked(session: Session, found: Explanation) -> views.ExplanationPage:
    question = found.version.question
    _, following = neighbours(session, question)
    return views.explanation_page(
        found,
        explanations.read(found),
        explanations.of_attempt(session, found.attempt_id),
        now(),
        following,
        shown_in_code(session, question),
    )


def _changed(request: Request, session: Session, found: Explanation, part: str) -> Response:
    if not pages.wants_fragment(request):
        return RedirectResponse(f"/explanations/{found.id}#{part}", 303)
    return pages.fragment(request, CHANGED[part], _marked(session, found))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError("There is no such explanation, or it is not yours.") from None
