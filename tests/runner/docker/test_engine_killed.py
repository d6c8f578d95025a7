"""The container engine is killed at each step of a judgement and started again: no verdict is
wrong, none is lost for good, the pool fills again, and no container is left behind.

An answer waits at the step until a file is in its sandbox, so the engine never comes late.
"""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from greenroom.core import db
from greenroom.judging import journal, tasks
from greenroom_runner import session as relays
from greenroom_runner.agent import AgentSettings, run_agent
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.docker_engine import DockerEngine, DockerSettings
from greenroom_runner.engine import Sandbox
from greenroom_runner.events import Begin, Check, Event, Finished, Plan
from greenroom_runner.jobs import Emit
from greenroom_runner.kinds import JUDGE, cost_mib
from greenroom_runner.limits import Limits
from greenroom_runner.pool import PoolSettings
from greenroom_runner.request import RunRequest
from greenroom_runner.session import Cancelled
from tests.factories.bank import ANSWER, GRADER
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.environment import Environment
from tests.support.judgements import handed_in, kept
from tests.support.live_site import judging
from tests.support.own_engine import OwnEngine, own_engine
from tests.support.sandboxes import containers_of, eventually, new_owner
from tests.support.waiting import until

FULL_SECONDS = 30
STEP_SECONDS = 30
PATIENT = Limits(check_seconds=60, total_seconds=120)
"""No answer that waits for us may meet a limit of its own."""
KINDS = ("pydantic", JUDGE)
"""What these judgements need. The pool has room for one of each, and fills the sooner."""
LOAD, FIRST, LAST = "load", "first", "last"
WAITING = """
import os
import time


def wait(place):
    while place == {place!r} and not os.path.exists("/tmp/{key}"):
        time.sleep(0.01)


wait("load")


def add(left, right):
    wait("first" if left > 0 else "last")
    return left + right
"""

pytestmark = [
    pytest.mark.timeout(180),
    # docker's SDK drops a socket without closing it where an engine that is away refuses it.
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket.*family=1:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def dropped_sockets() -> Iterator[None]:
    """Let those sockets go within the test that may have them."""
    yield
    gc.collect()


@dataclass(frozen=True)
class Waiting:
    """A right answer that waits at a place in every sandbox that has not been given its key."""

    place: str
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def text(self) -> str:
        return WAITING.format(place=self.place, key=self.key)

    @property
    def request(self) -> RunRequest:
        return run_request(GRADER, {"answer.py": self.text}, limits=PATIENT)

    def let_go(self, roots: list[Path]) -> None:
        """Give the key to sandboxes, before their job or within it."""
        assert roots
        for root in roots:
            with suppress(FileNotFoundError):  # it has just ended
                (root / "tmp" / self.key).touch()


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    with own_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def agent(engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    folder = tmp_path_factory.mktemp("agent")
    room = str(sum(map(cost_mib, KINDS)))
    given = {"DOCKER_HOST": engine.url, "GREENROOM_POOL_MEMORY_MIB": room}
    with running_agent(folder, "docker", **given) as agent:
        yield agent
    nothing_is_left(engine, agent.owner)


def nothing_is_left(engine: OwnEngine, owner: str) -> None:
    with closing(engine.client()) as client:
        eventually(lambda: not containers_of(client, owner), "containers were left behind")


def is_planned(event: Event) -> bool:
    return isinstance(event, Plan)


def begins(check: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Begin) and event.id == check


def until_told(events: Iterator[Event], step: Callable[[Event], bool]) -> list[Event]:
    """Read until the step was told, and return what was read."""
    told: list[Event] = []
    while not (told and step(told[-1])):
        told.append(next(events))
    return told


def verdict_of(told: list[Event], events: Iterator[Event]) -> str:
    """Return the verdict at the end of the stream. A runner that refuses has found none."""
    try:
        return result_of([*told, *events]).verdict
    except RunnerUnavailableError:
        return "internal_error"


STEPS = {
    "while the answer is loaded": (LOAD, is_planned),
    "in the first check": (FIRST, begins("adds")),
    "in the last check": (LAST, begins("adds_negative")),
}


@pytest.mark.parametrize("step", STEPS)
def test_comes_back_in_the_middle(engine: OwnEngine, agent: Agent, step: str) -> None:
    place, reached = STEPS[step]
    answer = Waiting(place)
    until_full(engine, agent.client, agent.owner)
    events = agent.client.run(answer.request)
    told = until_told(events, reached)
    engine.kill()
    engine.start()
    assert verdict_of(told, events) == "internal_error", "its sandboxes went with the engine"
    assert second_verdict(engine, agent, answer) == "accepted"


def test_stays_away_until_the_end(engine: OwnEngine, agent: Agent) -> None:
    answer = Waiting(FIRST)
    until_full(engine, agent.client, agent.owner)
    events = agent.client.run(answer.request)
    told = until_told(events, begins("adds"))
    roots = engine.roots(agent.owner)
    engine.kill()
    answer.let_go(roots)
    assert verdict_of(told, events) in ("accepted", "internal_error")
    engine.start()
    assert second_verdict(engine, agent, answer) == "accepted"


def test_killed_while_nothing_is_judged(engine: OwnEngine, agent: Agent) -> None:
    until_full(engine, agent.client, agent.owner)
    engine.kill()
    engine.start()
    # Nobody asks for a sandbox: the pool itself must find out that none of its own is left.
    until_full(engine, agent.client, agent.owner)
    assert (
        verdict_of([], agent.client.run(run_request(GRADER, {"answer.py": ANSWER}))) == "accepted"
    )


def test_killed_before_the_judgement(engine: OwnEngine, agent: Agent) -> None:
    until_full(engine, agent.client, agent.owner)
    engine.kill()
    events = agent.client.run(run_request(GRADER, {"answer.py": ANSWER}))
    told = [next(events)]
    engine.start()
    assert verdict_of(told, events) in ("accepted", "internal_error")
    until_full(engine, agent.client, agent.owner)


def test_killed_behind_the_last_event(engine: OwnEngine, agent: Agent) -> None:
    until_full(engine, agent.client, agent.owner)
    events = agent.client.run(run_request(GRADER, {"answer.py": ANSWER}))
    told = until_told(events, lambda event: isinstance(event, Finished))
    engine.kill()
    assert verdict_of(told, events) == "accepted"
    engine.start()
    until_full(engine, agent.client, agent.owner)


def second_verdict(engine: OwnEngine, agent: Agent, answer: Waiting) -> str:
    until_full(engine, agent.client, agent.owner)
    answer.let_go(engine.roots(agent.owner))
    return verdict_of([], agent.client.run(answer.request))


def until_full(engine: OwnEngine, client: RunnerClient, owner: str) -> None:
    """Wait until all that is wanted is warm, by the agent's word and by the engine's."""
    until(lambda: is_full(engine, client, owner), FULL_SECONDS, lambda: str(client.status()))


def is_full(engine: OwnEngine, client: RunnerClient, owner: str) -> bool:
    status = client.status()
    warm = sum(count.warm for count in status.pool.values())
    full = all(count.warm >= count.wanted for count in status.pool.values())
    # What has just gone is still counted: the agent looks every few seconds.
    there = len(engine.roots(owner)) >= warm
    return status.ready and warm > 0 and full and there and not status.queue.running


# --- between two checks nothing waits but the relay, and only from within ---


class Standing:
    """A relay that stands still once, behind the first check that it tells of."""

    def __init__(self) -> None:
        self.stands, self.goes_on = threading.Event(), threading.Event()

    def judge(
        self,
        request: RunRequest,
        candidate: Sandbox,
        judge: Sandbox,
        emit: Emit,
        cancelled: Cancelled,
    ) -> Finished:
        def tell(event: Event) -> None:
            emit(event)
            if isinstance(event, Check):
                self.stands.set()
                assert self.goes_on.wait(STEP_SECONDS)

        return relays.judge(request, candidate, judge, tell, cancelled)


@contextmanager
def agent_within(
    engine: OwnEngine, owner: str, folder: Path, relay: Standing
) -> Iterator[RunnerClient]:
    """Run an agent in this process, with this relay."""
    url = f"unix://{folder / 'r.sock'}"
    settings = AgentSettings(pool=PoolSettings(always=KINDS), judge=relay.judge)
    stop = threading.Event()
    with closing(DockerEngine(DockerSettings(owner=owner, url=engine.url))) as sandboxes:
        thread = threading.Thread(target=run_agent, args=(url, sandboxes, stop, settings))
        thread.start()
        try:
            until((folder / "r.sock").exists, STEP_SECONDS)
            yield RunnerClient(url)
        finally:
            relay.goes_on.set()
            stop.set()
            thread.join(STEP_SECONDS)
    assert not thread.is_alive()


def test_killed_between_two_checks(engine: OwnEngine, tmp_path: Path) -> None:
    relay, owner = Standing(), new_owner()
    request = run_request(GRADER, {"answer.py": ANSWER})
    with agent_within(engine, owner, tmp_path, relay) as client:
        until_full(engine, client, owner)
        events = client.run(request)
        told = until_told(events, lambda event: isinstance(event, Check))
        assert relay.stands.wait(STEP_SECONDS)
        engine.kill()
        engine.start()
        relay.goes_on.set()
        assert verdict_of(told, events) == "internal_error"
        until_full(engine, client, owner)
        assert verdict_of([], client.run(request)) == "accepted"
    nothing_is_left(engine, owner)


# --- the platform ---


@pytest.fixture
def session(
    database: object, redis_url: str, agent: Agent, environment: Environment
) -> Iterator[Session]:
    """What a worker needs, and a session opened after the last setting was made."""
    environment.set(runner_url=agent.client._url)
    with db.session_factory()() as opened:
        yield opened


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_submission_gets_its_verdict(engine: OwnEngine, agent: Agent, session: Session) -> None:
    answer = Waiting(LAST)
    handed = handed_in(session, answer.text, limits=PATIENT.model_dump())
    until_full(engine, agent.client, agent.owner)
    with judging(handed.judgement_id):
        until(lambda: "adds" in ended(handed.judgement_id), STEP_SECONDS)
        engine.kill()
        engine.start()
    waiting = kept(session, handed.judgement_id)
    assert (waiting.status, waiting.verdict, waiting.checks) == ("queued", None, [])
    until_full(engine, agent.client, agent.owner)
    answer.let_go(engine.roots(agent.owner))
    tasks.judge(str(handed.judgement_id))
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict, found.tries) == ("done", "accepted", 2)
    assert [check.status for check in found.checks] == ["passed", "passed"]
    told = [entry.kind for entry in journal.held(handed.judgement_id)]
    assert told.count("verdict") == 1


def ended(judgement_id: UUID) -> list[str]:
    """Return the checks that followers were told of as ended: behind the first, the second runs."""
    entries = journal.held(judgement_id)
    return [entry.body["id"] for entry in entries if entry.kind == "check"]
