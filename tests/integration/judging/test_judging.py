"""One judgement from the claim to the verdict, on both databases and a real Valkey."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from greenroom.core.clock import now
from greenroom.core.db import transaction
from greenroom.judging import journal, queries, service, tasks
from greenroom.judging.entries import entries_of
from greenroom.judging.service import OUR_FAULT, Result
from greenroom_runner.events import Begin, Event, Finished, Plan, Status
from greenroom_runner.request import RunRequest
from tests.factories import practice as attempts
from tests.fakes.runner import FakeRunner, Gate, LostError, RefusedError, honest, planned
from tests.support import open_suites
from tests.support.judgements import WRONG, HandedIn, age, handed_in, kept, let_lease_pass
from tests.support.live_site import judging


def judged(handed: HandedIn) -> None:
    tasks.judge(str(handed.judgement_id))


def told(handed: HandedIn) -> list[str]:
    return [entry.kind for entry in journal.held(handed.judgement_id)]


def test_a_right_answer_is_accepted(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    judged(handed)
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict, found.tries) == ("done", "accepted", 1)
    assert [check.status for check in found.checks] == ["passed", "passed"]
    assert found.image_digest == "sha256:fake"
    assert found.usage["peak_memory_kib"] == 30_000
    assert found.usage["queued_ms"] >= 0
    assert found.lease_token is None
    assert found.finished_at is not None


def test_the_runner_gets_what_the_judgement_is_pinned_to(
    session: Session, worker: FakeRunner
) -> None:
    handed = handed_in(session, WRONG)
    judged(handed)
    (request,) = worker.requests
    assert request.files == {"answer.py": WRONG}
    assert request.tenant == str(handed.scope.organization_id)
    assert request.seed == 7
    assert request.main == "answer.py"
    assert not request.reveal_hidden


def test_the_runner_gets_an_open_suite_with_its_tests(session: Session, worker: FakeRunner) -> None:
    files = {"test_prices.py": open_suites.TESTS}
    suite = open_suites.suite_of(files)
    judged(handed_in(session, grader=None, suite=files, checks=suite["tests"]))
    (request,) = worker.requests
    assert request.grader is None
    assert request.suite is not None
    assert request.suite.model_dump() == {**suite, "tests": tuple(suite["tests"])}


def test_a_wrong_answer_keeps_what_was_seen_but_not_of_hidden_checks(
    session: Session, worker: FakeRunner
) -> None:
    handed = handed_in(session, WRONG)
    judged(handed)
    found = kept(session, handed.judgement_id)
    assert found.verdict == "wrong_answer"
    visible, hidden = found.checks
    assert (visible.expected, visible.actual, visible.output) == ("5", "None", "said\n")
    assert (hidden.expected, hidden.actual, hidden.output, hidden.message) == (None, None, "", "")
    assert hidden.hint == "A hint."


def test_a_run_takes_the_visible_checks_only(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session, mode="run")
    judged(handed)
    assert [check.check_id for check in kept(session, handed.judgement_id).checks] == ["adds"]


def test_the_verdict_can_be_read_when_it_is_told(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    judged(handed)
    held = journal.held(handed.judgement_id)
    assert held[-1] == list(entries_of(kept(session, handed.judgement_id)))[-1]
    assert told(handed) == [
        "status",
        "status",
        "status",
        "plan",
        "status",
        "check",
        "check",
        "verdict",
    ]


def test_a_second_delivery_finds_nothing_to_do(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    judged(handed)
    judged(handed)
    assert len(worker.requests) == 1


def test_two_deliveries_at_once_are_judged_once(session: Session, worker: FakeRunner) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        judged(handed)  # comes back at once: it is claimed
        gate.open()
    assert len(worker.requests) == 1
    assert kept(session, handed.judgement_id).tries == 1


def test_when_a_lease_has_passed_another_worker_takes_over(
    session: Session, worker: FakeRunner
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        let_lease_pass(session, handed.judgement_id)
        worker.script = honest
        judged(handed)
        found = kept(session, handed.judgement_id)
        assert (found.verdict, found.tries) == ("accepted", 2)
        gate.open()
    # The first worker came too late, and has changed nothing.
    again = kept(session, handed.judgement_id)
    assert (again.tries, again.finished_at) == (2, found.finished_at)
    assert len(again.checks) == 2


def test_a_late_finisher_is_refused(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    with transaction() as first:
        late = service.claim(first, handed.judgement_id, timedelta(seconds=-1))
    with transaction() as second:
        token = service.claim(second, handed.judgement_id, timedelta(seconds=60))
    assert late
    assert token
    with transaction() as third:
        assert not service.finish(third, handed.judgement_id, late, Result("accepted"))
        assert not service.renew(third, handed.judgement_id, late, timedelta(seconds=60))
        assert not service.release_for_retry(third, handed.judgement_id, late, "late")
    assert kept(session, handed.judgement_id).status == "running"
    with transaction() as fourth:
        assert service.finish(fourth, handed.judgement_id, token, Result("wrong_answer"))
        assert not service.finish(fourth, handed.judgement_id, token, Result("accepted"))
    assert kept(session, handed.judgement_id).verdict == "wrong_answer"


def begins_then_fails(request: RunRequest) -> Iterator[Event]:
    yield Status(phase="starting")
    yield Plan(checks=planned(request))
    yield Begin(id="adds")
    raise LostError


def fails_by_itself(request: RunRequest) -> Iterator[Event]:
    yield Plan(checks=planned(request))
    yield Finished(outcome="internal_error", message="the judge broke")


def makes_no_sense(request: RunRequest) -> Iterator[Event]:
    yield Plan(checks=planned(request))
    yield Begin(id="never_planned")


@pytest.mark.parametrize("fault", [begins_then_fails, fails_by_itself, makes_no_sense])
def test_a_fault_of_ours_is_tried_three_times(
    session: Session,
    worker: FakeRunner,
    fault: object,
) -> None:
    worker.script = fault  # type: ignore[assignment]
    handed = handed_in(session)
    for tries in (1, 2):
        judged(handed)
        found = kept(session, handed.judgement_id)
        assert (found.status, found.verdict, found.tries) == ("queued", None, tries)
        assert not found.message
    judged(handed)
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict) == ("done", "internal_error")
    assert found.message == OUR_FAULT
    assert found.detail["reason"]
    judged(handed)
    assert len(worker.requests) == 3
    assert told(handed)[-1] == "verdict"


def test_a_fault_of_ours_does_not_count_against_a_person(
    session: Session, worker: FakeRunner
) -> None:
    worker.script = begins_then_fails
    handed = handed_in(session)
    judged(handed)
    worker.script = honest
    judged(handed)
    found = kept(session, handed.judgement_id)
    assert (found.verdict, found.tries) == ("accepted", 2)
    phases = [entry.body.get("phase") for entry in journal.held(handed.judgement_id)]
    assert "retrying" in phases
    orders = [entry.order for entry in journal.held(handed.judgement_id)]
    assert orders == sorted(set(orders))


def refuses(_: RunRequest) -> Iterator[Event]:
    yield Status(phase="starting")
    raise RefusedError("the engine does not answer")


def test_a_runner_that_is_away_costs_no_try(session: Session, worker: FakeRunner) -> None:
    worker.script = refuses
    handed = handed_in(session)
    for _ in range(5):
        judged(handed)
    found = kept(session, handed.judgement_id)
    assert (found.status, found.tries) == ("queued", 0)
    worker.script = honest
    judged(handed)
    assert kept(session, handed.judgement_id).verdict == "accepted"


def test_a_runner_that_stays_away_is_a_fault_of_ours(session: Session, worker: FakeRunner) -> None:
    worker.script = refuses
    handed = handed_in(session)
    age(session, handed.judgement_id, service.PATIENCE + timedelta(seconds=1))
    for _ in range(3):
        judged(handed)
    assert kept(session, handed.judgement_id).verdict == "internal_error"


def test_a_question_that_does_not_fit_the_runner_is_a_fault_of_ours(
    session: Session, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    found = kept(session, handed.judgement_id)
    version = queries.judgement_to_run(session, found.id).submission.version
    version.limits = {"check_seconds": 10_000}
    session.commit()
    age(session, handed.judgement_id, service.PATIENCE + timedelta(seconds=1))
    for _ in range(3):
        judged(handed)
    assert kept(session, handed.judgement_id).verdict == "internal_error"
    assert not worker.requests


def test_cancelling_is_noticed_within_a_second(session: Session, worker: FakeRunner) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        begun = time.monotonic()
        cancel(handed)
    # Left, the context has waited for the worker's end.
    assert time.monotonic() - begun < 1
    assert worker.callers[0].gone.wait(10)
    gate.open()
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict) == ("cancelled", None)
    assert told(handed)[-1] == "verdict"
    assert journal.held(handed.judgement_id)[-1].body["status"] == "cancelled"


def test_what_was_cancelled_in_the_queue_is_never_judged(
    session: Session, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    cancel(handed)
    judged(handed)
    assert not worker.requests
    assert told(handed) == ["verdict"]


def test_what_is_over_cannot_be_cancelled(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    judged(handed)
    assert not cancel(handed)
    assert kept(session, handed.judgement_id).verdict == "accepted"


def cancel(handed: HandedIn) -> bool:
    with transaction() as session:
        submission = queries.own_submission(session, handed.scope, handed.submission_id)
        return service.cancel(session, submission)


@pytest.mark.parametrize(
    ("mode", "answer", "solved"),
    [("submit", None, True), ("run", None, False), ("submit", WRONG, False)],
)
def test_an_accepted_submission_solves_the_question(
    session: Session, worker: FakeRunner, mode: str, answer: str | None, solved: bool
) -> None:
    handed = handed_in(session, answer or handed_in.__defaults__[0], mode)  # type: ignore[index]
    attempt = attempts.attempt(session, handed.scope, handed.question)
    session.commit()
    judged(handed)
    session.refresh(attempt)
    assert (attempt.solved_at is not None) is solved


def test_the_first_time_of_solving_stays(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    before = now() - timedelta(days=3)
    attempt = attempts.attempt(session, handed.scope, handed.question, solved_at=before)
    session.commit()
    judged(handed)
    session.refresh(attempt)
    assert attempt.solved_at == before


def test_the_lease_is_renewed_while_the_runner_works(
    session: Session, worker: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LEASE", timedelta(seconds=0.6))
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        first = kept(session, handed.judgement_id).lease_until
        assert first
        deadline = time.monotonic() + 10
        while (kept(session, handed.judgement_id).lease_until or first) <= first:
            assert time.monotonic() < deadline
        gate.open()
    assert kept(session, handed.judgement_id).verdict == "accepted"
