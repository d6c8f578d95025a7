"""What workers do: judge, and sweep up after messages and workers that were lost.

A judgement is claimed, carried out by the runner and closed. The database is asked at both ends
only; in between a worker holds no transaction.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_process_init
from pydantic import ValidationError
from sqlalchemy import text

from greenroom.bank.models import QuestionVersion
from greenroom.core.clock import now
from greenroom.core.config import settings
from greenroom.core.db import forget_engine, transaction
from greenroom.core.queue import send
from greenroom.core.redis import REDIS_ERRORS, client, forget_client
from greenroom.judging import entries, journal, queries, service
from greenroom.judging.answers import answer_files
from greenroom.judging.journal import Journal
from greenroom.judging.lease import LeaseKeeper
from greenroom.judging.models import Judgement
from greenroom.judging.record import Record, ReportError
from greenroom.judging.service import Result
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.limits import Limits
from greenroom_runner.request import RunRequest

SWEEP_SECONDS = 5.0
"""How often somebody is to call `sweep`."""
LEASE = timedelta(seconds=20)
POSTPONE_SECONDS = 2.0
_LATE = timedelta(seconds=5)
_SEND_AGAIN_SECONDS = 60
_JUST_CLOSED = timedelta(seconds=20)
_NOTICED = timedelta(seconds=1)
"""So long somebody waits before being told how many are ahead."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Claim:
    """A judgement that is this worker's for now."""

    judgement: Judgement
    version: QuestionVersion
    token: UUID

    @property
    def id(self) -> UUID:
        return self.judgement.id

    @property
    def number(self) -> int:
        return self.judgement.tries


@shared_task(name=service.JUDGE)
def judge(judgement_id: str) -> None:
    """Judge, if nobody else does or did."""
    begun = time.perf_counter()
    claim = _claim(UUID(judgement_id))
    if claim is None:
        return
    with LeaseKeeper(claim.id, claim.token, LEASE) as lease:
        story = Journal(claim.id)
        record = Record(claim.number)
        result = _carried_out(claim, lease, story, record)
        if lease.held:
            _close(claim, story, record, result)
    _log.info(
        "judged",
        judgement=judgement_id,
        number=claim.number,
        verdict=result.verdict,
        ms=round((time.perf_counter() - begun) * 1000),
    )


def _claim(judgement_id: UUID) -> _Claim | None:
    with transaction() as session:
        token = service.claim(session, judgement_id, LEASE)
        if token is None:
            return None
        judgement = queries.judgement_to_run(session, judgement_id)
        return _Claim(judgement, queries.version_to_run(session, judgement), token)


def _carried_out(claim: _Claim, lease: LeaseKeeper, story: Journal, record: Record) -> Result:
    """Return what the runner found, telling it meanwhile. What goes wrong is a fault of ours."""
    if claim.number > 1:
        story.add(entries.retrying_entry(claim.number))
    try:
        for event in _runner(settings().runner).run(_request(claim), lease.lost):
            for entry in record.take(event.model_dump(mode="json")):
                story.add(entry)
        return record.result()
    except (RunnerUnavailableError, ReportError) as error:
        return Result("internal_error", message=str(error))
    except ValidationError as error:
        _log.error("question not fit for the runner", judgement=str(claim.id), reason=str(error))
        return Result("internal_error", message="The question's package is broken.")


@lru_cache
def _runner(url: str) -> RunnerClient:
    return RunnerClient(url)


def _request(claim: _Claim) -> RunRequest:
    judgement, version = claim.judgement, claim.version
    submission = judgement.submission
    return RunRequest.model_validate(
        {
            "judgement_id": str(judgement.id),
            "tenant": str(submission.organization_id),
            "profile": version.profile,
            "services": version.services,
            "fresh": version.fresh,
            "mode": submission.mode,
            "files": submission.files,
            "main": answer_files(version)[0],
            "grader": version.grader,
            "suite": version.suite and {"files": version.suite, "tests": version.checks},
            "seed": judgement.seed,
            "limits": Limits.model_validate(version.limits),
        }
    )


def _close(claim: _Claim, story: Journal, record: Record, result: Result) -> None:
    if result.verdict != "internal_error":
        _finish(claim, story, result)
    elif record.begun or not _postponed(claim, story, result.message):
        _retry(claim, story, result.message)


def _finish(claim: _Claim, story: Journal, result: Result) -> None:
    queued_ms = _milliseconds(claim.judgement.queued_at, claim.judgement.started_at)
    usage = {**result.usage, "queued_ms": queued_ms}
    with transaction() as session:
        if not service.finish(session, claim.id, claim.token, result.with_usage(usage)):
            _log.warning("verdict not recorded, the lease was lost", judgement=str(claim.id))
            return
        closed = queries.judgement_with_checks(session, claim.id)
    story.add(entries.final_entry(closed))


def _postponed(claim: _Claim, story: Journal, reason: str) -> bool:
    """Give the judgement back for a while; False when it has waited too long already."""
    with transaction() as session:
        done = service.postpone(session, claim.id, claim.token, reason, POSTPONE_SECONDS)
    if done:
        _log.warning("judgement waits", judgement=str(claim.id), reason=reason)
        story.add(entries.waiting_entry(claim.number))
    return done


def _retry(claim: _Claim, story: Journal, reason: str) -> None:
    _log.error("try failed", judgement=str(claim.id), number=claim.number, reason=reason)
    with transaction() as session:
        service.release_for_retry(session, claim.id, claim.token, reason)
        judgement = queries.judgement_with_checks(session, claim.id)
    if judgement.status == "done":
        story.add(entries.final_entry(judgement))


def _milliseconds(since: datetime, until: datetime | None) -> float:
    return round(((until or now()) - since).total_seconds() * 1000, 2)


def sweep() -> None:
    """Send lost messages again, take over from silent workers, tell ends that were not told."""
    moment = now()
    with transaction() as session:
        for silent in queries.leases_over(session, moment):
            if not service.requeue_silent(session, silent):
                service.give_up_silent(session, silent)
        late = moment - _LATE
        first = queries.waiting_since(session, late, again=False)
        again = queries.waiting_since(session, late, again=True)
        closed = queries.closed_since(session, moment - _JUST_CLOSED)
    for waiting in [*first, *again]:
        if journal.may_send(waiting, _SEND_AGAIN_SECONDS):
            send(service.JUDGE, str(waiting), behind=waiting in again)
    for judgement_id in journal.untold(closed):
        with transaction() as session:
            judgement = queries.judgement_with_checks(session, judgement_id)
        journal.retell(judgement)


def tell_places() -> None:
    """Tell everyone who waits how many are ahead."""
    with transaction() as session:
        waiting = queries.in_line(session, now() - _NOTICED)
    for ahead, judgement_id in enumerate(waiting):
        journal.tell(judgement_id, entries.line_entry(ahead))


@worker_process_init.connect
def warm_up(**_: object) -> None:
    """Open a worker process' own connections before its first judgement, not during it."""
    forget_engine()
    forget_client()
    with transaction() as session:
        session.execute(text("SELECT 1"))
    try:
        client().ping()
    except REDIS_ERRORS as error:
        _log.warning("redis is away", reason=str(error))
