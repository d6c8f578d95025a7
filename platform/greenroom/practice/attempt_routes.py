"""An attempt's permanent address."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from greenroom.accounts.guard import PageScope
from greenroom.core.clock import now
from greenroom.practice import history, progress
from greenroom.practice.answer_views import answer_lines
from greenroom.practice.attempt_views import attempt_page
from greenroom.practice.catalogue_views import STATUS_WORDS
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)

MOST_ANSWERS = 200


@router.get("/attempts/{attempt_id}")
def attempt(request: Request, session: DbSession, scope: PageScope, attempt_id: UUID) -> Response:
    """Show one person's continuing work on one question."""
    found = history.own_attempt(session, scope, attempt_id)
    question = found.question_id
    status = progress.statuses(session, scope).get(question, "new")
    answers = answer_lines(
        history.submissions(session, scope, MOST_ANSWERS, question),
        history.explanations(session, scope, MOST_ANSWERS, question),
        now(),
    )
    page = attempt_page(found, STATUS_WORDS[status], answers, now())
    return pages.page(request, "practice/attempt.html", page, section="questions")
