"""The page on which authors see how well the questions are proved."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from greenroom.accounts.guard import PageScope
from greenroom.bank import proofs
from greenroom.bank import queries as bank
from greenroom.core.clock import now
from greenroom.core.errors import ForbiddenError
from greenroom.practice.proof_views import proofs_page
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)
ROLES = frozenset({"author", "reviewer", "admin"})


@router.get("/bank/proofs")
def proved(request: Request, session: DbSession, scope: PageScope) -> Response:
    """Show what the last `greenroom bank check` of each question found, to who writes questions.

    It names wrong answers and what catches them, so candidates do not see it.
    """
    if scope.role not in ROLES:
        raise ForbiddenError("Only authors, reviewers and admins see how questions are proved.")
    page = proofs_page(bank.topics_with_questions(session), proofs.newest(session), now())
    return pages.page(request, "bank/proofs.html", page, section="questions")
