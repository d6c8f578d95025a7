"""How far a person is with each question: new, begun, solved (code) or answered (explain).

Opening a question leaves it new; a draft, a submission or an explanation makes it begun.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, select
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import QuestionVersion
from greenroom.judging.models import Submission
from greenroom.practice.models import Attempt, Draft, Explanation

Status = Literal["new", "begun", "solved", "answered"]
DONE: frozenset[Status] = frozenset(("solved", "answered"))


def statuses(session: Session, scope: Scope) -> Mapping[UUID, Status]:
    """Return how far this person is, by question id; what is missing is new."""
    rows = session.execute(
        select(
            Attempt.question_id,
            Attempt.solved_at,
            explained().label("explained"),
            worked_on().label("worked_on"),
        ).where(*own(scope))
    )
    return {row.question_id: _status(row) for row in rows}


def own(scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that keep a query of attempts to this person's."""
    return (
        Attempt.user_id == scope.user_id,
        Attempt.organization_id == scope.organization_id,
    )


def explained() -> ColumnElement[bool]:
    """Return whether an attempt has an explanation."""
    return exists().where(Explanation.attempt_id == Attempt.id)


def worked_on() -> ColumnElement[bool]:
    """Return whether an attempt has a draft or a submission."""
    return exists().where(Draft.attempt_id == Attempt.id) | exists().where(
        and_(
            Submission.user_id == Attempt.user_id,
            Submission.question_version_id == QuestionVersion.id,
            QuestionVersion.question_id == Attempt.question_id,
        )
    )


def _status(row: Row[UUID, datetime | None, bool, bool]) -> Status:
    if row.solved_at is not None:
        return "solved"
    if row.explained:
        return "answered"
    return "begun" if row.worked_on else "new"
