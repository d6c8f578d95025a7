from collections.abc import Callable, Iterator

import pytest

from greenroom_runner.engine import EngineError, Sandbox
from greenroom_runner.events import Begin, Event, Finished, Plan, Status, Usage
from greenroom_runner.jobs import Emit, Jobs, Judge
from greenroom_runner.judges import Judges
from greenroom_runner.limits import Limits
from greenroom_runner.pool import PoolStoppedError
from greenroom_runner.readiness import Readiness
from greenroom_runner.request import RunRequest
from greenroom_runner.session import Cancelled
from greenroom_runner.slots import Slots
from tests.runner.unit.conftest import NEVER, StartPool
from tests.support.fake_engine import FakeEngine

REQUEST = RunRequest(
    judgement_id="0" * 32,
    tenant="a",
    profile="fastapi",
    mode="submit",
    files={"answer.py": ""},
    grader="",
    seed=1,
    limits=Limits(memory_mib=128),
)
MakeJobs = Callable[[Judge], Jobs]


class Accepting:
    """A judge that finds nothing to say, and remembers whom it was given."""

    def __init__(self) -> None:
        self.candidate: Sandbox | None = None
        self.judge: Sandbox | None = None

    def __call__(
        self,
        request: RunRequest,
        candidate: Sandbox,
        judge: Sandbox,
        emit: Emit,
        cancelled: Cancelled,
    ) -> Finished:
        self.candidate, self.judge = candidate, judge
        assert not candidate.stopped
        emit(Plan(checks=[]))
        return Finished(outcome="completed", usage=Usage(load_ms=3))


class Failing(Accepting):
    """A judge that fails with `problem`."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self.problem = problem

    def __call__(
        self,
        request: RunRequest,
        candidate: Sandbox,
        judge: Sandbox,
        emit: Emit,
        cancelled: Cancelled,
    ) -> Finished:
        super().__call__(request, candidate, judge, emit, cancelled)
        raise self.problem


@pytest.fixture
def make_jobs(engine: FakeEngine, start_pool: StartPool) -> Iterator[MakeJobs]:
    pool = start_pool()
    readiness = Readiness(engine, lambda: None)
    readiness.start()

    def make(judge: Judge) -> Jobs:
        return Jobs(engine, readiness, pool, Judges(engine, pool, 3), Slots(2, 2), 0.3, judge)

    yield make
    readiness.stop()
    readiness._thread.join(10)


def test_takes_a_judgement_from_the_queue_to_its_last_event(
    make_jobs: MakeJobs, engine: FakeEngine
) -> None:
    events: list[Event] = []
    accepting = Accepting()
    make_jobs(accepting).run(REQUEST, events.append, NEVER)
    assert events[:-1] == [Status(phase="starting"), Plan(checks=[])]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.outcome == "completed"
    assert finished.image_digest == "sha256:fake"
    assert finished.usage.load_ms == 3
    assert 0 <= finished.usage.start_ms <= finished.usage.wall_ms
    candidate = next(one for one in engine.started if one is accepting.candidate)
    assert candidate.applied == REQUEST.limits


def test_a_candidate_is_stopped_after_the_last_event_and_the_judge_is_kept(
    make_jobs: MakeJobs,
) -> None:
    accepting = Accepting()
    stopped_at_the_end = []

    def emit(event: Event) -> None:
        if isinstance(event, Finished):
            assert accepting.candidate is not None
            stopped_at_the_end.append(accepting.candidate.stopped)

    jobs = make_jobs(accepting)
    jobs.run(REQUEST, emit, NEVER)
    assert stopped_at_the_end == [False]
    assert accepting.candidate is not None
    assert accepting.judge is not None
    assert accepting.candidate.stopped
    assert not accepting.judge.stopped
    assert jobs.close() == []


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (EngineError("The disk is full."), "The disk is full."),
        (ZeroDivisionError("a secret"), "The runner failed. Its log says why."),
    ],
)
def test_a_fault_of_ours_is_the_last_event_and_takes_the_judge_along(
    make_jobs: MakeJobs, problem: Exception, message: str
) -> None:
    failing = Failing(problem)
    events: list[Event] = []
    make_jobs(failing).run(REQUEST, events.append, NEVER)
    assert isinstance(events[-1], Finished)
    assert (events[-1].outcome, events[-1].message) == ("internal_error", message)
    assert failing.judge is not None
    assert failing.candidate is not None
    assert failing.judge.stopped
    assert failing.candidate.stopped


def test_a_service_that_is_missing_is_the_last_event(
    make_jobs: MakeJobs, engine: FakeEngine
) -> None:
    engine.unable = "This machine has no Redis."
    events: list[Event] = []
    request = REQUEST.model_copy(update={"services": ("redis",)})
    make_jobs(Accepting()).run(request, events.append, NEVER)
    assert isinstance(events[-1], Finished)
    assert (events[-1].outcome, events[-1].message) == ("internal_error", engine.unable)


def test_no_judgement_takes_place_without_an_engine(
    make_jobs: MakeJobs, engine: FakeEngine
) -> None:
    engine.away = "No engine."
    with pytest.raises(EngineError, match="No engine"):
        make_jobs(Accepting()).run(REQUEST, lambda event: None, NEVER)


def test_a_candidate_that_cannot_be_limited_is_not_used(
    make_jobs: MakeJobs, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(sandbox: Sandbox, limits: Limits) -> None:
        raise EngineError("The limits cannot be set.")

    monkeypatch.setattr(engine, "apply_limits", refuse)
    accepting = Accepting()
    jobs = make_jobs(accepting)
    with pytest.raises(EngineError, match="limits"):
        jobs.run(REQUEST, lambda event: None, NEVER)
    assert accepting.candidate is None
    assert any(one.stopped for one in engine.started if one.kind == "fastapi")
    assert jobs.close() == []


def test_a_caller_who_left_takes_no_sandbox(make_jobs: MakeJobs, engine: FakeEngine) -> None:
    engine.gate.clear()  # nothing starts any more; the pool keeps none of this profile

    class Gone:
        def is_set(self) -> bool:
            return True

    request = REQUEST.model_copy(update={"profile": "everything"})
    with pytest.raises(PoolStoppedError):
        make_jobs(Accepting()).run(request, lambda event: None, Gone())
    engine.gate.set()


def test_a_second_tenant_has_a_judge_of_its_own(make_jobs: MakeJobs) -> None:
    accepting = Accepting()
    jobs = make_jobs(accepting)
    jobs.run(REQUEST, lambda event: None, NEVER)
    first = accepting.judge
    jobs.run(REQUEST.model_copy(update={"tenant": "b"}), lambda event: None, NEVER)
    second = accepting.judge
    jobs.run(REQUEST, lambda event: None, NEVER)
    assert accepting.judge is first
    assert second is not first


def test_events_of_a_check_pass_through(make_jobs: MakeJobs) -> None:
    class Beginning(Accepting):
        def __call__(
            self,
            request: RunRequest,
            candidate: Sandbox,
            judge: Sandbox,
            emit: Emit,
            cancelled: Cancelled,
        ) -> Finished:
            emit(Begin(id="a_check"))
            return super().__call__(request, candidate, judge, emit, cancelled)

    events: list[Event] = []
    make_jobs(Beginning()).run(REQUEST, events.append, NEVER)
    assert Begin(id="a_check") in events
