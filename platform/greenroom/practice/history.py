"""What a person has done: the attempts they work on, and the answers they gave."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.core.errors import NotFoundError
from greenroom.judging.models import CheckResult, Judgement, Submission
from greenroom.practice import progress
from greenroom.practice.models import Attempt, Explanation


def own_attempt(session: Session, scope: Scope, attempt_id: UUID) -> Attempt:
    """Return an attempt of this person with its draft, question, current version and topic."""
    found = session.scalar(_attempts(scope).where(Attempt.id == attempt_id))
    if found is None:
        raise NotFoundError("There is no such attempt, or it is not yours.")
    return found


def attempts_under_way(session: Session, scope: Scope, limit: int) -> Sequence[Attempt]:
    """Return the attempts that are begun and not done, the last touched first."""
    return session.scalars(
        _attempts(scope)
        .where(
            Attempt.solved_at.is_(None),
            ~progress.explained(),
            progress.worked_on(),
            Attempt.question.has(Question.retired_at.is_(None)),
        )
        .order_by(Attempt.touched_at.desc(), Attempt.id)
        .limit(limit)
    ).all()


def submissions(
    session: Session, scope: Scope, limit: int, question_id: UUID | None = None
) -> Sequence[Submission]:
    """Return recorded submissions, newest first, with question, judgements and checks' states."""
    wanted = (
        select(Submission)
        .join(Submission.version)
        .where(
            Submission.user_id == scope.user_id,
            Submission.organization_id == scope.organization_id,
            Submission.mode == "submit",
            *_of(question_id),
        )
        .order_by(Submission.created_at.desc(), Submission.id.desc())
        .limit(limit)
        .options(
            joinedload(Submission.version).joinedload(QuestionVersion.question),
            selectinload(Submission.judgements)
            .selectinload(Judgement.checks)
            .load_only(CheckResult.status),
        )
    )
    return session.scalars(wanted).all()


def explanations(
    session: Session, scope: Scope, limit: int, question_id: UUID | None = None
) -> Sequence[Explanation]:
    """Return explanations, newest first, with their version and question."""
    wanted = (
        select(Explanation)
        .join(Explanation.attempt)
        .join(Explanation.version)
        .where(*progress.own(scope), *_of(question_id))
        .order_by(Explanation.created_at.desc(), Explanation.id.desc())
        .limit(limit)
        .options(joinedload(Explanation.version).joinedload(QuestionVersion.question))
    )
    return session.scalars(wanted).all()


def _of(question_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return () if question_id is None else (QuestionVersion.question_id == question_id,)


def _attempts(scope: Scope) -> Select[Attempt]:
    return (
        select(Attempt)
        .where(*progress.own(scope))
        .options(
            joinedload(Attempt.draft),
            joinedload(Attempt.question).joinedload(Question.current),
            joinedload(Attempt.question).joinedload(Question.topic),
        )
    )
