"""Handing in, claiming, finishing. Each step is one conditional update, so that two workers, a late
delivery or a worker that was thought dead can never both decide a judgement.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import QuestionVersion
from greenroom.core.clock import now
from greenroom.core.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from greenroom.core.events import publish
from greenroom.core.queue import call_after_commit, send_after_commit
from greenroom.judging import journal, queries
from greenroom.judging.answers import answer_files, checked_files
from greenroom.judging.models import CheckResult, Judgement, Submission
from greenroom.judging.verdict import Verdict

JUDGE = "judging.judge"
MAX_OPEN = 5
MAX_WAITING = 500
BUSY_SECONDS = 30
MAX_TRIES = 3
SEEDS = 2**53
"""How many seeds there are: what every language reads exactly from JSON."""
PATIENCE = timedelta(minutes=30)
"""For so long a judgement waits for a runner that does not answer."""
OUR_FAULT = (
    "This could not be judged. The fault is on our side and does not count. Please submit again."
)

Mode = Literal["run", "submit"]


@dataclass(frozen=True)
class SubmissionJudged:
    """News: a submission has its verdict."""

    submission_id: UUID
    judgement_id: UUID
    user_id: UUID
    question_version_id: UUID
    mode: str
    verdict: str
    at: datetime


@dataclass(frozen=True)
class Result:
    """What a worker found out: the verdict and everything that is kept beside it."""

    verdict: Verdict
    checks: Sequence[Mapping[str, Any]] = ()
    message: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, Any] = field(default_factory=dict)
    image_digest: str = ""

    def with_usage(self, usage: Mapping[str, Any]) -> "Result":
        """Return the same result with another account of what it cost."""
        return replace(self, usage=usage)


def submit(
    session: Session,
    scope: Scope,
    version: QuestionVersion,
    files: Mapping[str, str],
    mode: Mode,
    seed: int | None = None,
) -> Submission:
    """Record the files and queue their judgement. A run may be given the `seed` that its random
    inputs are drawn with. Raises InvalidInputError, TooLargeError, ConflictError, BusyError.
    """
    if seed is not None:
        _require_repeatable(seed, mode)
    if not version.is_complete or (version.grader is None and version.suite is None):
        raise ConflictError(
            "This question cannot be judged yet: its checks are not written. Nothing was handed in."
        )
    kept = checked_files(files, version)
    if queries.count_open(session, scope) >= MAX_OPEN:
        raise BusyError(
            f"{MAX_OPEN} of your submissions are still being judged. "
            "Wait for one to finish, or cancel one."
        )
    if queries.count_waiting(session) >= MAX_WAITING:
        raise BusyError(
            f"{MAX_WAITING} answers wait to be judged already. Yours was not taken and is still in "
            f"the editor: hand it in again in {BUSY_SECONDS} seconds.",
            retry_after=BUSY_SECONDS,
        )
    submission = Submission(
        user_id=scope.user_id,
        organization_id=scope.organization_id,
        question_version_id=version.id,
        mode=mode,
        files=kept,
    )
    submission.judgements = [_queued(version.grading_digest, 1, seed)]
    session.add(submission)
    session.flush()
    send_after_commit(session, JUDGE, str(submission.judgements[0].id))
    return submission


def _require_repeatable(seed: int, mode: Mode) -> None:
    """Let a seed be given to a run only: who chose it for a submission could try, one after the
    other, what its hidden checks send.
    """
    if mode != "run":
        raise InvalidInputError(
            "Only a run takes a seed: it repeats the inputs of the visible checks. "
            "A submission draws its own."
        )
    if not 0 <= seed < SEEDS:
        raise InvalidInputError(f"A seed is a whole number from 0 to {SEEDS - 1}.")


def rejudge_for(session: Session, scope: Scope, submission_id: UUID) -> Judgement:
    """Judge a submission of the organization again, for an admin. Raises NotFoundError,
    ForbiddenError.
    """
    submission = queries.submission_to_rejudge(session, scope, submission_id)
    if scope.role != "admin":
        if submission.user_id != scope.user_id:
            raise NotFoundError(queries.NO_SUBMISSION)
        raise ForbiddenError("Only an admin has a submission judged again.")
    return rejudge(session, submission)


def rejudge(session: Session, submission: Submission) -> Judgement:
    """Queue one more judgement, by the question's checks of now, unless one is open already.

    The earlier ones stay as they are. It sends the same inputs: what differs then is not luck.
    Needs judgements, and the version with its question's current one.
    """
    last = submission.judgements[-1]
    if last.status in queries.OPEN:
        return last
    judgement = _queued(_checks_of_now(submission), last.number + 1, last.seed)
    judgement.submission_id = submission.id
    try:
        with session.begin_nested():
            session.add(judgement)
    except IntegrityError:  # somebody else was faster
        session.refresh(submission, ("judgements",))
        return submission.judgements[-1]
    send_after_commit(session, JUDGE, str(judgement.id), behind=True)
    return judgement


def _checks_of_now(submission: Submission) -> str:
    """Return the digest of the question's checks, of those of then where an answer has other files
    by now.
    """
    current = submission.version.question.current
    fits = current.is_complete and set(answer_files(current)) == set(submission.files)
    return (current if fits else submission.version).grading_digest


def _queued(grading_digest: str, number: int, seed: int | None) -> Judgement:
    drawn = secrets.randbelow(SEEDS) if seed is None else seed
    return Judgement(number=number, grading_digest=grading_digest, seed=drawn, checks=[])


def claim(session: Session, judgement_id: UUID, lease: timedelta) -> UUID | None:
    """Take a judgement that is queued, or whose worker went silent. Returns the lease's token, or
    None.
    """
    token, moment = uuid4(), now()
    free = or_(
        Judgement.status == "queued",
        (Judgement.status == "running") & (Judgement.lease_until < moment),
    )
    taken = _change(
        session,
        (Judgement.id == judgement_id) & free & (Judgement.tries < MAX_TRIES),
        status="running",
        lease_token=token,
        lease_until=moment + lease,
        tries=Judgement.tries + 1,
        started_at=moment,
    )
    return token if taken else None


def renew(session: Session, judgement_id: UUID, token: UUID, lease: timedelta) -> bool:
    """Keep a claimed judgement. False: it was cancelled, or somebody else has it now."""
    return _change(session, _held(judgement_id, token), lease_until=now() + lease)


def finish(session: Session, judgement_id: UUID, token: UUID, result: Result) -> bool:
    """Record the verdict if the lease still holds; False means that nothing was changed."""
    moment = now()
    closed = _change(
        session,
        _held(judgement_id, token),
        status="done",
        verdict=result.verdict,
        lease_token=None,
        lease_until=None,
        finished_at=moment,
        message=result.message,
        detail=dict(result.detail),
        usage=dict(result.usage),
        image_digest=result.image_digest,
    )
    if closed:
        session.add_all(CheckResult(judgement_id=judgement_id, **check) for check in result.checks)
        _tell(session, judgement_id, result.verdict, moment)
    return closed


def _tell(session: Session, judgement_id: UUID, verdict: Verdict, moment: datetime) -> None:
    submission = queries.submission_of(session, judgement_id)
    publish(
        session,
        SubmissionJudged(
            submission_id=submission.id,
            judgement_id=judgement_id,
            user_id=submission.user_id,
            question_version_id=submission.question_version_id,
            mode=submission.mode,
            verdict=verdict,
            at=moment,
        ),
    )


def release_for_retry(session: Session, judgement_id: UUID, token: UUID, reason: str) -> bool:
    """Give a judgement back after a fault of ours; False means that nothing was changed.

    The third fault is final, so that poison cannot circle.
    """
    held = _held(judgement_id, token)
    if _change(session, held & (Judgement.tries >= MAX_TRIES), **_given_up(reason)):
        _tell(session, judgement_id, "internal_error", now())
        return True
    return _requeue(session, held, judgement_id, reason)


def postpone(
    session: Session, judgement_id: UUID, token: UUID, reason: str, seconds: float
) -> bool:
    """Give a judgement back that nobody could begin with. It counts as no try."""
    held = _held(judgement_id, token) & (Judgement.queued_at > now() - PATIENCE)
    returned = _change(session, held, **_returned(reason), tries=Judgement.tries - 1)
    if returned:
        _send_again(session, judgement_id, seconds)
    return returned


def requeue_silent(session: Session, judgement_id: UUID) -> bool:
    """Queue a judgement again whose worker went silent. False: it is not in that state."""
    silent = _silent(judgement_id) & (Judgement.tries < MAX_TRIES)
    return _requeue(session, silent, judgement_id, "The worker went silent.")


def give_up_silent(session: Session, judgement_id: UUID) -> bool:
    """Close a judgement whose last allowed try ended in silence. False: it is not in that state."""
    silent = _silent(judgement_id) & (Judgement.tries >= MAX_TRIES)
    closed = _change(session, silent, **_given_up("The worker went silent."))
    if closed:
        _tell(session, judgement_id, "internal_error", now())
    return closed


def _silent(judgement_id: UUID) -> ColumnElement[bool]:
    return (
        (Judgement.id == judgement_id)
        & (Judgement.status == "running")
        & (Judgement.lease_until < now())
    )


def _requeue(
    session: Session, condition: ColumnElement[bool], judgement_id: UUID, reason: str
) -> bool:
    requeued = _change(session, condition, **_returned(reason))
    if requeued:
        _send_again(session, judgement_id)
    return requeued


def _send_again(session: Session, judgement_id: UUID, delay: float = 0) -> None:
    """Send what was given back to the end of the line that it came from."""
    number = session.scalars(select(Judgement.number).where(Judgement.id == judgement_id)).one()
    send_after_commit(session, JUDGE, str(judgement_id), delay=delay, behind=number > 1)


def _returned(reason: str) -> dict[str, Any]:
    return {
        "status": "queued",
        "lease_token": None,
        "lease_until": None,
        "detail": {"reason": reason},
    }


def _given_up(reason: str) -> dict[str, Any]:
    return {
        "status": "done",
        "verdict": "internal_error",
        "lease_token": None,
        "lease_until": None,
        "finished_at": now(),
        "message": OUR_FAULT,
        "detail": {"reason": reason},
    }


def cancel(session: Session, submission: Submission) -> bool:
    """Stop the newest judgement if it is still open; False: there was nothing to stop.

    Needs `judgements` and their `checks` loaded.
    """
    judgement = submission.judgements[-1]
    stopped = _change(
        session,
        (Judgement.id == judgement.id) & Judgement.status.in_(queries.OPEN),
        status="cancelled",
        lease_token=None,
        lease_until=None,
        finished_at=now(),
        detail={},
    )
    if stopped:
        session.refresh(judgement, ("status", "tries", "detail", "finished_at"))
        call_after_commit(session, lambda: _tell_cancelled(judgement))
    return stopped


def _tell_cancelled(judgement: Judgement) -> None:
    journal.retell(judgement)
    journal.wake(judgement.id)


def _held(judgement_id: UUID, token: UUID) -> ColumnElement[bool]:
    return (
        (Judgement.id == judgement_id)
        & (Judgement.lease_token == token)
        & (Judgement.status == "running")
    )


def _change(session: Session, condition: ColumnElement[bool], **values: object) -> bool:
    done = session.execute(
        update(Judgement)
        .where(condition)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
