"""Reading a person's attempts. Each function says what comes loaded."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question
from greenroom.core.errors import NotFoundError
from greenroom.practice import progress
from greenroom.practice.models import Attempt, Draft


def own_attempt(session: Session, scope: Scope, attempt_id: UUID) -> Attempt:
    """Return an attempt of this person with its draft, its question and the current version."""
    found = session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, *progress.own(scope))
        .options(
            joinedload(Attempt.draft), joinedload(Attempt.question).joinedload(Question.current)
        )
    )
    if found is None:
        raise NotFoundError("There is no such attempt, or it is not yours.")
    return found


def draft_of(session: Session, attempt_id: UUID) -> Draft | None:
    """Return the draft of an attempt as the database has it now."""
    return session.scalar(
        select(Draft)
        .where(Draft.attempt_id == attempt_id)
        .execution_options(populate_existing=True)
    )
