"""Submissions in the database, and how judging left them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question
from greenroom.core.clock import now
from greenroom.judging import queries
from greenroom.judging.models import Judgement
from tests.factories import accounts, bank
from tests.factories import judging as factory

WRONG = "def add(left, right):\n    pass\n"


@dataclass(frozen=True)
class HandedIn:
    """A committed submission with one judgement."""

    scope: Scope
    question: Question
    submission_id: UUID
    judgement_id: UUID


def handed_in(
    session: Session,
    answer: str = bank.ANSWER,
    mode: str = "submit",
    **version: Any,  # noqa: ANN401 a column's own type
) -> HandedIn:
    """Add a submission that waits for a worker, by a new person to a new question."""
    scope = accounts.scope(session)
    question = bank.question(session, **version)
    files = {"answer.py": answer}
    submission = factory.submission(session, scope, question, mode=mode, files=files)
    judgement_id = judgement_of(session, submission.id)
    session.commit()
    return HandedIn(scope, question, submission.id, judgement_id)


def judgement_of(session: Session, submission_id: UUID) -> UUID:
    """Return the id of a submission's only judgement."""
    return session.scalars(
        select(Judgement.id).where(Judgement.submission_id == submission_id)
    ).one()


def kept(session: Session, judgement_id: UUID) -> Judgement:
    """Return a judgement with its checks as the database has it now."""
    session.rollback()
    session.expire_all()
    return queries.judgement_with_checks(session, judgement_id)


def let_lease_pass(session: Session, judgement_id: UUID) -> None:
    """Make it look as if the worker had not been heard of for a while."""
    _set(session, judgement_id, lease_until=now() - timedelta(seconds=1))


def age(session: Session, judgement_id: UUID, by: timedelta) -> None:
    """Make a judgement look as if it had been queued so much earlier."""
    _set(session, judgement_id, queued_at=now() - by)


def _set(session: Session, judgement_id: UUID, **values: object) -> None:
    session.rollback()
    session.execute(update(Judgement).where(Judgement.id == judgement_id).values(**values))
    session.commit()
