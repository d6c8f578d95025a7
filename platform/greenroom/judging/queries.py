"""Reading submissions and judgements. What a person may see is bounded by their Scope; the workers'
own reads are not.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.core.errors import NotFoundError
from greenroom.judging.models import CheckResult, Judgement, Submission

NO_SUBMISSION = "There is no such submission, or it is not yours."
OPEN = ("queued", "running")
_FIRST = Judgement.number == 1
"""Judging again is nobody's waiting: it comes behind, and counts against no limit."""


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
        raise NotFoundError(NO_SUBMISSION)
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
    """Return how many of this person's submissions wait for their first judgement."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Judgement)
            .join(Judgement.submission)
            .where(Submission.user_id == scope.user_id, Judgement.status.in_(OPEN), _FIRST)
        )
        or 0
    )


def _own(scope: Scope) -> Select[Submission]:
    return select(Submission).where(
        Submission.user_id == scope.user_id,
        Submission.organization_id == scope.organization_id,
    )


def submission_to_rejudge(session: Session, scope: Scope, submission_id: UUID) -> Submission:
    """Return a submission of this organization, whoever's it is, with what judging it again needs.
    Raises NotFoundError.
    """
    found = session.scalar(
        _to_rejudge().where(
            Submission.id == submission_id, Submission.organization_id == scope.organization_id
        )
    )
    if found is None:
        raise NotFoundError(NO_SUBMISSION)
    return found


def submissions_to_rejudge(
    session: Session, ids: Sequence[UUID], slug: str | None, verdict: str | None
) -> Sequence[Submission]:
    """Return the submissions of these ids, or the recorded ones of a question, oldest first, as far
    as they were last judged so; `None` does not narrow. For whoever runs the installation.
    """
    wanted = _to_rejudge().order_by(Submission.id)
    if ids:
        wanted = wanted.where(Submission.id.in_(ids))
    else:
        wanted = wanted.where(Submission.mode == "submit")
    if slug is not None:
        of_question = QuestionVersion.question.has(Question.slug == slug)
        wanted = wanted.where(Submission.version.has(of_question))
    if verdict is not None:
        wanted = wanted.where(Submission.judgements.any((Judgement.verdict == verdict) & _newest()))
    return session.scalars(wanted).all()


def _to_rejudge() -> Select[Submission]:
    to_question = joinedload(Submission.version).joinedload(QuestionVersion.question)
    return select(Submission).options(
        to_question.joinedload(Question.current), selectinload(Submission.judgements)
    )


def _newest() -> ColumnElement[bool]:
    other = aliased(Judgement)
    newest = select(func.max(other.number)).where(other.submission_id == Judgement.submission_id)
    return Judgement.number == newest.scalar_subquery()


def recent(session: Session, limit: int, *, quarantined: bool) -> Sequence[Judgement]:
    """Return the newest judgements of all submissions, the last queued first, with submission and
    question; of the `quarantined`, those that ended as a fault of ours.
    """
    wanted = (
        select(Judgement)
        .where(_newest())
        .order_by(Judgement.queued_at.desc(), Judgement.id.desc())
        .limit(limit)
        .options(
            joinedload(Judgement.submission)
            .joinedload(Submission.version)
            .joinedload(QuestionVersion.question)
        )
    )
    if quarantined:
        wanted = wanted.where(Judgement.verdict == "internal_error")
    return session.scalars(wanted).all()


def judgement_to_run(session: Session, judgement_id: UUID) -> Judgement:
    """Return a judgement with its submission and version, for a worker that has claimed it."""
    return session.scalars(
        select(Judgement)
        .where(Judgement.id == judgement_id)
        .options(joinedload(Judgement.submission).joinedload(Submission.version))
    ).one()


def version_to_run(session: Session, judgement: Judgement) -> QuestionVersion:
    """Return the version whose checks a judgement is pinned to. Needs the submission's own."""
    own = judgement.submission.version
    if own.grading_digest == judgement.grading_digest:
        return own
    return session.scalars(
        select(QuestionVersion)
        .where(
            QuestionVersion.question_id == own.question_id,
            QuestionVersion.grading_digest == judgement.grading_digest,
        )
        .order_by(QuestionVersion.number.desc())
        .limit(1)
    ).one()


def judgement_with_checks(session: Session, judgement_id: UUID) -> Judgement:
    """Return a judgement with its checks, for the last entry of its stream."""
    return session.scalars(
        select(Judgement)
        .where(Judgement.id == judgement_id)
        .options(selectinload(Judgement.checks))
    ).one()


def count_waiting(session: Session) -> int:
    """Return how many submissions are queued for their first judgement, whoever's they are."""
    waiting = (
        select(func.count()).select_from(Judgement).where(Judgement.status == "queued", _FIRST)
    )
    return session.scalar(waiting) or 0


def in_line(session: Session, before: datetime) -> Sequence[UUID]:
    """Return the first judgements queued before `before` that nobody has begun, the next one
    first.
    """
    queued = (Judgement.status == "queued") & (Judgement.tries == 0)
    return _ids(session, queued, Judgement.queued_at < before, _FIRST)


def waiting_since(session: Session, before: datetime, *, again: bool) -> Sequence[UUID]:
    """Return the judgements that were queued before `before` and still are, oldest first: first
    ones, or those of what is judged `again`.
    """
    which = ~_FIRST if again else _FIRST
    return _ids(session, Judgement.status == "queued", Judgement.queued_at < before, which)


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
