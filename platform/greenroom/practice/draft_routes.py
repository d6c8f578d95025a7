"""What is being typed, saved as it is typed. Scripts of the pages call this, for both kinds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from greenroom.accounts.guard import PageScope
from greenroom.practice import queries, service
from greenroom.practice.models import Draft
from greenroom.practice.service import DraftConflictError
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)
MAX_VERSION = 2**31 - 1
"""What the column holds."""


class DraftIn(BaseModel):
    """A draft, and the version over which it was written (0: none)."""

    files: dict[str, str]
    version: Annotated[int, Field(ge=0, le=MAX_VERSION)]


@router.put("/attempts/{attempt_id}/draft")
def save(session: DbSession, scope: PageScope, attempt_id: UUID, sent: DraftIn) -> JSONResponse:
    """Save a draft. When another window saved first, answer 409 with what it saved."""
    attempt = queries.own_attempt(session, scope, attempt_id)
    try:
        draft = service.save_draft(session, attempt, sent.files, sent.version)
    except DraftConflictError as conflict:
        return _answer(conflict.draft, 409)
    return _answer(draft, 200)


def _answer(draft: Draft, status: int) -> JSONResponse:
    body = {
        "version": draft.version,
        "saved_at": draft.saved_at.isoformat(),
        "files": draft.files,
    }
    return JSONResponse(body, status, {"Cache-Control": "no-store"})
