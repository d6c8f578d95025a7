"""The first page: today."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from greenroom.accounts.guard import PageScope
from greenroom.accounts.scope import Scope
from greenroom.bank import queries as bank
from greenroom.core.clock import now
from greenroom.practice import history, home, home_views, progress
from greenroom.practice.answer_views import answer_lines, latest_of_each
from greenroom.practice.catalogue_views import entries_of, sections_of
from greenroom.practice.models import Explanation
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)

MOST_OPEN = 6
MOST_ANSWERS = 6
MOST_LOOKED_AT = 40  # several tries at one question stand in one line
MOST_RATED = 200


@router.get("/")
def today(request: Request, session: DbSession, scope: PageScope) -> Response:
    """Show where the person was, what could come next, and how much is done."""
    topics = bank.all_topics(session)
    entries = entries_of(topics, bank.question_lines(session), progress.statuses(session, scope))
    explained = history.explanations(session, scope, MOST_RATED)
    submitted = history.submissions(session, scope, MOST_LOOKED_AT)
    answered = answer_lines(submitted, explained[:MOST_LOOKED_AT], now())
    page = home_views.home_page(
        now=now(),
        open_ones=_under_way(session, scope),
        proposals=home.proposals(entries, _latest_ratings(explained)),
        sections=sections_of(topics, entries),
        answers=latest_of_each(answered)[:MOST_ANSWERS],
    )
    return pages.page(request, "home/today.html", page, section="today")


def _under_way(session: Session, scope: Scope) -> list[home_views.UnderWay]:
    attempts = history.attempts_under_way(session, scope, MOST_OPEN)
    shown = []
    for attempt in attempts:
        last = None
        if attempt is attempts[0]:
            newest = history.submissions(session, scope, 1, attempt.question_id)
            last = next(iter(answer_lines(newest, (), now())), None)
        shown.append(home_views.under_way(attempt, now(), last))
    return shown


def _latest_ratings(explained: Sequence[Explanation]) -> dict[UUID, str | None]:
    """Return the rating of each question's latest explanation, the longest ago first."""
    latest: dict[UUID, str | None] = {}
    for explanation in explained:
        latest.setdefault(explanation.version.question_id, explanation.rating)
    return dict(reversed(latest.items()))
