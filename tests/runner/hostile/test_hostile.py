"""Answers that attack whatever judges them: none is accepted, none is our fault, nothing stays.

HOSTILE_AT_ONCE and HOSTILE_TIMES in the environment say how many are judged at once, and how many
times each.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from greenroom.judging.service import MAX_TRIES, Result
from greenroom_runner.client import RunnerUnavailableError
from greenroom_runner.connection import connect
from greenroom_runner.events import EVENT, Event
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.sandboxes import containers_of, stray_processes
from tests.support.waiting import until

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE / "answers").glob("*.py"))
ATTACKS = [name for name in NAMES if not name.startswith("honest_")]
AT_ONCE = int(os.environ.get("HOSTILE_AT_ONCE", "8"))
TIMES = int(os.environ.get("HOSTILE_TIMES", "1"))
MOST_MIB = 128 + 64 * AT_ONCE
"""More than an agent may ever hold: judgements whose frames are filled to the last byte."""
pytestmark = pytest.mark.timeout(300 * TIMES)
UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SECRETS = ("7355608", "7360319", "4711", "kingfisher", "not_shown(answer")
"""What hidden checks send and expect, and their source."""
Outcomes = dict[str, list[Future[list[Event]]]]


@dataclass(frozen=True)
class Header:
    """What an answer's first lines say."""

    door: str
    services: list[str]
    verdicts: list[str]


def text_of(name: str) -> str:
    return (HERE / "answers" / f"{name}.py").read_text(encoding="utf-8")


def header_of(name: str) -> Header:
    found = dict(re.findall(r"^# (\w+): (.+)$", text_of(name), re.MULTILINE))
    services = found.get("services", "").split()
    return Header(found["door"], services, found["verdict"].split(" or "))


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """An agent that judges so many at once, and leaves nothing behind."""
    folder = tmp_path_factory.mktemp("agent")
    slots = {"GREENROOM_WORKER_CONCURRENCY": str(AT_ONCE)}
    with running_agent(folder, "docker", **slots) as agent:
        yield agent
    until(lambda: not stray_processes(), 20, lambda: str(stray_processes()))
    assert [path.name for path in folder.iterdir()] == ["log"]


@pytest.fixture(scope="module")
def outcomes(agent: Agent, request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """The events of every answer that is asked for, as often as it is to be judged."""
    asked = {
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == Path(__file__)
        if hasattr(item, "callspec") and "name" in item.callspec.params
    }
    with ThreadPoolExecutor(AT_ONCE) as threads:
        everything: Outcomes = {name: [] for name in sorted(asked)}
        for _ in range(TIMES):
            for name, futures in everything.items():
                futures.append(threads.submit(judged, agent, name))
        yield everything


def judged(agent: Agent, name: str) -> list[Event]:
    header = header_of(name)
    grader = (HERE / "graders" / f"{header.door}.py").read_text(encoding="utf-8")
    request = run_request(grader, {"answer.py": text_of(name)}, services=header.services)
    for _ in range(MAX_TRIES - 1):
        with contextlib.suppress(RunnerUnavailableError):  # as a worker does: no verdict, try again
            return list(agent.client.run(request))
    return list(agent.client.run(request))


def told(result: Result) -> str:
    checks = [
        f"{check['check_id']}: {check['status']}, {check.get('error') or check.get('message')}"
        for check in result.checks
    ]
    return "\n".join([f"{result.verdict}: {result.message}", *checks])


@pytest.mark.parametrize("name", NAMES)
def test_gets_its_verdict(outcomes: Outcomes, name: str) -> None:
    for future in outcomes[name]:
        result = result_of(future.result())
        assert result.verdict in header_of(name).verdicts, told(result)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_told_of_it_can_be_shown(outcomes: Outcomes, name: str) -> None:
    for event in events_of(outcomes, name):
        assert not UNSHOWABLE.search("".join(texts(event.model_dump()))), event
        assert len(EVENT.dump_json(event)) < 256 * 1024


def events_of(outcomes: Outcomes, name: str) -> Iterator[Event]:
    for future in outcomes[name]:
        yield from future.result()


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in texts(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in texts(inner))


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_of_a_hidden_check_is_told(outcomes: Outcomes, name: str) -> None:
    for event in events_of(outcomes, name):
        assert not [secret for secret in SECRETS if secret in event.model_dump_json()], event


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_may_end_well(name: str) -> None:
    verdicts = set(header_of(name).verdicts)
    assert not verdicts & {"accepted", "internal_error"}


def test_the_agent_stays_small(agent: Agent, outcomes: Outcomes) -> None:
    wait(chain.from_iterable(outcomes.values()))
    assert agent.peak_mib < MOST_MIB


def test_no_container_outlives_its_answer(agent: Agent, outcomes: Outcomes) -> None:
    """Left are those that wait for an answer, and the judges."""
    wait(chain.from_iterable(outcomes.values()))
    with closing(connect()) as engine:

        def kept() -> tuple[int, int]:
            status = agent.client.status()
            waiting = sum(kind.warm for kind in status.pool.values())
            return len(containers_of(engine, agent.owner)), waiting + status.judges

        until(lambda: len(set(kept())) == 1, 30, lambda: "there are {}, wanted {}".format(*kept()))
