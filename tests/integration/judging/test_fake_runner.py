"""The fake runner says what the real client and the real agent's own parts understand."""

import pytest

from greenroom_runner.agent import _Message
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.events import Finished
from greenroom_runner.request import RunRequest
from tests.factories.bank import ANSWER, GRADER
from tests.fakes.runner import FakeRunner, Gate, LostError, RefusedError, honest

REQUEST = RunRequest(
    judgement_id="0" * 32,
    tenant="tenant",
    profile="pydantic",
    mode="submit",
    files={"answer.py": ANSWER},
    grader=GRADER,
    seed=1,
)


def test_the_client_reads_every_event(runner: FakeRunner) -> None:
    assert list(RunnerClient(runner.url).run(REQUEST)) == list(honest(REQUEST))
    assert runner.requests == [REQUEST]


def test_it_takes_what_the_real_agent_takes() -> None:
    message = _Message.model_validate({"op": "run", "request": REQUEST.model_dump(mode="json")})
    assert message.request == REQUEST


def test_it_says_how_it_is(runner: FakeRunner) -> None:
    assert RunnerClient(runner.url).status().ready


def test_it_refuses_and_gets_lost_as_the_real_one(runner: FakeRunner) -> None:
    def refuse(_: RunRequest) -> None:
        raise RefusedError("no engine")

    def lose(_: RunRequest) -> None:
        raise LostError

    for script, words in ((refuse, "no engine"), (lose, "stopped")):
        runner.script = script  # type: ignore[assignment]
        with pytest.raises(RunnerUnavailableError, match=words):
            list(RunnerClient(runner.url).run(REQUEST))


def test_it_notices_a_caller_that_leaves(runner: FakeRunner) -> None:
    gate = Gate()
    runner.script = gate
    events = list(RunnerClient(runner.url).run(REQUEST, cancelled=lambda: bool(runner.requests)))
    assert isinstance(events[-1], Finished)
    assert runner.callers[0].gone.wait(10)
    gate.open()
