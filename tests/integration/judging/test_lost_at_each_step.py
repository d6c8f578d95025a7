"""At each step of a judgement the runner is lost, or the process that judges is killed: there is
one verdict all the same, the right one, and whoever follows is told of everything once.

A step is reached when the fake runner has let so many of its events pass; it waits there.
"""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from greenroom.core.queue import queue, send
from greenroom.core.redis import client
from greenroom.judging import journal, service, tasks
from greenroom.judging.models import Judgement
from greenroom_runner.events import Event
from greenroom_runner.request import RunRequest
from tests.factories.bank import CHECKS
from tests.fakes.runner import FakeRunner, Gate, LostError, honest
from tests.support.judgements import WRONG, HandedIn, age, handed_in, kept, let_lease_pass
from tests.support.live_worker import judging_process, working
from tests.support.waiting import until

STEPS = {
    "before the first word": 0,
    "queued": 1,
    "starting": 2,
    "loading": 3,
    "planned": 4,
    "before the first check": 5,
    "in the first check": 6,
    "between the checks": 7,
    "in the last check": 8,
    "before the last word": 9,
}
ANSWERS = {"accepted": "def add(left, right):\n    return left + right\n", "wrong_answer": WRONG}
at_each_step = pytest.mark.parametrize("passed", STEPS.values(), ids=STEPS)


def lost_after(passed: int) -> Callable[[RunRequest], Iterator[Event]]:
    def script(request: RunRequest) -> Iterator[Event]:
        yield from islice(honest(request), passed)
        raise LostError

    return script


def is_judged_once(session: Session, handed: HandedIn, verdict: str) -> Judgement:
    """Check that nothing is missing and nothing is there twice, and return the judgement."""
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict) == ("done", verdict)
    assert [check.check_id for check in found.checks] == [check["id"] for check in CHECKS]
    told = journal.held(handed.judgement_id)
    assert [entry.order for entry in told] == sorted({entry.order for entry in told})
    assert [entry.kind for entry in told].count("verdict") == 1
    assert told[-1].body["verdict"] == verdict
    return found


@at_each_step
@pytest.mark.parametrize("verdict", ANSWERS)
def test_the_runner_is_lost(
    session: Session, worker: FakeRunner, passed: int, verdict: str
) -> None:
    worker.script = lost_after(passed)
    handed = handed_in(session, ANSWERS[verdict])
    tasks.judge(str(handed.judgement_id))
    waiting = kept(session, handed.judgement_id)
    assert (waiting.status, waiting.verdict, waiting.checks) == ("queued", None, [])
    worker.script = honest
    tasks.judge(str(handed.judgement_id))
    found = is_judged_once(session, handed, verdict)
    begun = passed >= STEPS["planned"]
    assert found.tries == (2 if begun else 1), "a runner that never began costs no try"


def wait_at(gate: Gate, passed: int) -> None:
    """Let so many events pass and wait until the judgement stands before the next one."""
    for _ in range(passed):
        assert gate.reached.acquire(timeout=20)
        gate.let()
    assert gate.reached.acquire(timeout=20)


def hold(session: Session, handed: HandedIn) -> None:
    """Let nobody else write to a judgement, until the session is rolled back."""
    session.rollback()
    session.execute(update(Judgement).where(Judgement.id == handed.judgement_id).values(message=""))


class Kills:
    """Hands in, and kills the process that judges when a step is reached."""

    def __init__(self, session: Session, runner: FakeRunner) -> None:
        self._session = session
        self._runner = runner

    def _given(self) -> tuple[HandedIn, Gate]:
        gate = self._runner.script = Gate()
        handed = handed_in(self._session, WRONG)
        assert send(service.JUDGE, str(handed.judgement_id))
        return handed, gate

    def _kill(self, process: int) -> None:
        self._runner.script = honest
        os.kill(process, signal.SIGKILL)
        until(lambda: not Path("/proc", str(process)).exists(), 20)

    def _is_judged_by_another(self, handed: HandedIn) -> None:
        let_lease_pass(self._session, handed.judgement_id)
        tasks.sweep()
        until(lambda: kept(self._session, handed.judgement_id).status == "done", 30)
        assert is_judged_once(self._session, handed, "wrong_answer").tries == 2

    def at(self, passed: int) -> None:
        """Kill it when so many events have passed."""
        handed, gate = self._given()
        wait_at(gate, passed)
        self._kill(judging_process(self._runner))
        gate.open()
        self._is_judged_by_another(handed)

    def before_the_verdict_is_written(self) -> None:
        """Kill it when it has heard everything and cannot write it down."""
        handed, gate = self._given()
        wait_at(gate, len(STEPS) - 1)
        process = judging_process(self._runner)
        hold(self._session, handed)
        gate.let()
        self._runner.await_end()
        self._kill(process)
        self._is_judged_by_another(handed)

    def after_the_verdict_is_written(self) -> None:
        """Kill it when all is done. A second delivery finds nothing to do."""
        handed, gate = self._given()
        wait_at(gate, 0)
        process = judging_process(self._runner)
        gate.open()
        until(lambda: kept(self._session, handed.judgement_id).status == "done", 30)
        until(lambda: journal.held(handed.judgement_id)[-1].final, 30)
        self._kill(process)
        asked = len(self._runner.requests)
        tasks.judge(str(handed.judgement_id))
        assert len(self._runner.requests) == asked
        assert is_judged_once(self._session, handed, "wrong_answer").tries == 1


def test_the_process_that_judges_is_killed(
    session: Session, worker: FakeRunner, tmp_path: Path
) -> None:
    kills = Kills(session, worker)
    with working(tmp_path / "worker.log"):
        for passed in STEPS.values():
            kills.at(passed)
        kills.before_the_verdict_is_written()
        kills.after_the_verdict_is_written()


def test_the_whole_worker_is_killed_with_the_message_in_its_hands(
    session: Session, worker: FakeRunner, tmp_path: Path
) -> None:
    handed = handed_in(session)
    with working(tmp_path / "first.log") as first:
        hold(session, handed)
        assert send(service.JUDGE, str(handed.judgement_id))
        until(lambda: not client().llen(queue().conf.task_default_queue), 20)
        first.kill()
        first.wait()
    age(session, handed.judgement_id, timedelta(seconds=6))
    with working(tmp_path / "second.log"):
        until(lambda: kept(session, handed.judgement_id).status == "done", 60)
    assert is_judged_once(session, handed, "accepted").tries == 1
