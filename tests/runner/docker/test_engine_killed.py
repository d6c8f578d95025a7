"""The container engine is killed at each step of a judgement and started again: no verdict is
wrong, none is lost for good, the pool fills again, and no container is left behind.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from greenroom_runner.client import RunnerUnavailableError
from greenroom_runner.events import Begin, Check, Event, Finished, Status
from tests.factories.bank import GRADER
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.own_engine import OwnEngine, own_engine
from tests.support.sandboxes import containers_of
from tests.support.waiting import until

FULL_SECONDS = 30
SLOW = """
import time

time.sleep(0.5)


def add(left, right):
    time.sleep(0.5)
    return left + right
"""
"""Right, and long enough under way at each step for the engine to go away meanwhile."""

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    with own_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def agent(engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    folder = tmp_path_factory.mktemp("agent")
    with running_agent(folder, "docker", DOCKER_HOST=engine.url) as agent:
        yield agent
    with closing(engine.client()) as client:
        assert containers_of(client, agent.owner) == []


def is_loading(event: Event) -> bool:
    return isinstance(event, Status) and event.phase == "loading"


def begins(check: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Begin) and event.id == check


def ended(event: Event) -> bool:
    return isinstance(event, Check)


def finished(event: Event) -> bool:
    return isinstance(event, Finished)


STEPS: dict[str, Callable[[Event], bool]] = {
    "while the answer is loaded": is_loading,
    "in the first check": begins("adds"),
    "between two checks": ended,
    "in the last check": begins("adds_negative"),
    "behind the last event": finished,
}


@pytest.mark.parametrize("step", STEPS)
def test_killed(engine: OwnEngine, agent: Agent, step: str) -> None:
    events: list[Event] = []
    try:
        for event in agent.client.run(run_request(GRADER, {"answer.py": SLOW})):
            events.append(event)
            if engine.running and STEPS[step](event):
                engine.kill()
    except RunnerUnavailableError:
        events.clear()
    assert not engine.running, "the step was reached"
    if events:  # else there was no verdict, and a worker tries again
        assert result_of(events).verdict in ("accepted", "internal_error")
    engine.start()
    assert verdict_when_back(agent) == "accepted"


def test_killed_before_the_judgement(engine: OwnEngine, agent: Agent) -> None:
    engine.kill()
    events: list[Event] = []
    try:
        for event in agent.client.run(run_request(GRADER, {"answer.py": SLOW})):
            events.append(event)
            if not engine.running:
                engine.start()
        assert result_of(events).verdict in ("accepted", "internal_error")
    except RunnerUnavailableError:
        assert engine.running, "it was told that it waits"
    assert verdict_when_back(agent) == "accepted"


def verdict_when_back(agent: Agent) -> str:
    """Wait until all that is wanted is warm again, and judge as a second try does."""
    until(lambda: is_full(agent), FULL_SECONDS, lambda: str(agent.client.status()))
    events = list(agent.client.run(run_request(GRADER, {"answer.py": SLOW})))
    return result_of(events).verdict


def is_full(agent: Agent) -> bool:
    status = agent.client.status()
    full = all(count.warm >= count.wanted for count in status.pool.values())
    return status.ready and bool(status.pool) and full and not status.queue.running
