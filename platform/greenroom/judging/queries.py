"""Reading submissions and judgements. What a person may see is bounded by their Scope; the workers'
own reads are not.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from greenroom.accounts.scope import Scope
from greenroom.bank.models import QuestionVersion
from greenroom.core.errors import NotFoundError
from greenroom.judging.models import CheckResult, Judgement, Submission

OPEN = ("queued", "running")


def own_submission(session: Session, scope: Scope, submission_id: UUID) -> Submission:
    """Return a submission of this person with its version, question and judgements with their
    checks.
    """
    found = session.scalar(
        _own(scope)
        .where(Submission.id == submission_id)
        .options(
            joinedload(Submission.version).joinedload(QuestionVersion.question),
            selectinload(Submission.judgements).selectinload(Judgement.checks),
        )
    )
    if found is None:
        raise NotFoundError("There is no such submission, or it is not yours.")
    return found


def own_submissions(
    session: Session, scope: Scope, question_id: UUID, limit: int = 50
) -> Sequence[Submission]:
    """Return this person's recorded submissions to a question, newest first, with their judgements
    and, of these' checks, the status.
    """
    return session.scalars(
        _own(scope)
        .join(Submission.version)
        .where(QuestionVersion.question_id == question_id, Submission.mode == "submit")
        .order_by(Submission.id.desc())
        .limit(limit)
        .options(
            contains_eager(Submission.version),
            selectinload(Submission.judgements)
            .selectinload(Judgement.checks)
            .load_only(CheckResult.status),
        )
    ).all()


def newest_submission(session: Session, scope: Scope, question_id: UUID) -> Submission | None:
    """Return this person's last submission or run, with version, judgements and their checks."""
    return session.scalar(
        _own(scope)
        .join(Submission.version)
        .where(QuestionVersion.question_id == question_id)
        .order_by(Submission.id.desc())
        .limit(1)
        .options(
            contains_eager(Submission.version),
            selectinload(Submission.judgements).selectinload(Judgement.checks),
        )
    )


def count_recorded(
    session: Session, scope: Scope, question_id: UUID, up_to: UUID | None = None
) -> int:
    """Return how many submissions to a question this person has, at most up to one of them."""
    conditions = [Submission.id <= up_to] if up_to else []
    counted = (
        _own(scope)
        .with_only_columns(func.count())
        .join(Submission.version)
        .where(QuestionVersion.question_id == question_id, Submission.mode == "submit", *conditions)
    )
    return session.scalar(counted) or 0


def count_open(session: Session, scope: Scope) -> int:
    """Return how many of this person's judgements are queued or running."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Judgement)
            .join(Judgement.submission)
            .where(Submission.user_id == scope.user_id, Judgement.status.in_(OPEN))
        )
        or 0
    )


def _own(scope: Scope) -> Select[Submission]:
    return select(Submission).where(
        Submission.user_id == scope.user_id,
        Submission.organization_id == scope.organization_id,
    )


def judgement_to_run(session: Session, judgement_id: UUID) -> Judgement:
    """Return a judgement with its submission and version, for a worker that has claimed it."""
    return session.scalars(
        select(Judgement)
        .where(Judgement.id == judgement_id)
        .options(joinedload(Judgement.submission).joinedload(Submission.version))
    ).one()


def judgement_with_checks(session: Session, judgement_id: UUID) -> Judgement:
    """Return a judgement with its checks, for the last entry of its stream."""
    return session.scalars(
        select(Judgement)
        .where(Judgement.id == judgement_id)
        .options(selectinload(Judgement.checks))
    ).one()


def count_waiting(session: Session) -> int:
    """Return how many judgements are queued, whoever's they are."""
    waiting = select(func.count()).select_from(Judgement).where(Judgement.status == "queued")
    return session.scalar(waiting) or 0


def in_line(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the judgements queued before `before` that nobody has begun, the next one first."""
    return _ids(
        session, Judgement.status == "queued", Judgement.tries == 0, Judgement.queued_at < before
    )


def waiting_since(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the judgements that were queued before `before` and still are, oldest first."""
    return _ids(session, Judgement.status == "queued", Judgement.queued_at < before)


def leases_over(session: Session, now: datetime) -> Sequence[UUID]:
    """Return the running judgements whose worker has let its lease pass."""
    return _ids(session, Judgement.status == "running", Judgement.lease_until < now)


def closed_since(session: Session, since: datetime) -> Sequence[UUID]:
    """Return the judgements that got their verdict, or were cancelled, since `since`."""
    return _ids(
        session, Judgement.status.in_(("done", "cancelled")), Judgement.finished_at >= since
    )


def _ids(session: Session, *conditions: ColumnElement[bool]) -> Sequence[UUID]:
    return session.scalars(
        select(Judgement.id).where(*conditions).order_by(Judgement.queued_at).limit(500)
    ).all()


def submission_of(session: Session, judgement_id: UUID) -> Submission:
    """Return the submission that a judgement belongs to."""
    return session.scalars(
        select(Submission).join(Submission.judgements).where(Judgement.id == judgement_id)
    ).one()
