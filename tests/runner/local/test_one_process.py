"""Checks that share the answer's process, and checks that do not."""

from collections.abc import Iterator, Sequence

import pytest

from greenroom_runner.events import Check, Event
from tests.support.agents import Agent, run_request, running_agent

GRADER = """
from greenroom_runner.harness.grading import Answer, AnswerError, check


@check("First", visible=True)
def first(answer: Answer) -> None:
    {first}


@check("Second", visible=True)
def second(answer: Answer) -> None:
    {second}


@check("Third", visible=True)
def third(answer: Answer) -> None:
    {third}
"""
COUNTS = """
import os, sys, threading

seen = []

def note():
    seen.append(1)
    return len(seen)

def leave(status):
    os._exit(status)
"""
SERVES = """
import asyncio, contextlib, sys, threading
from fastapi import FastAPI

told = []

@contextlib.asynccontextmanager
async def lifespan(app):
    told.append("up")
    yield
    told.append("down")

app = FastAPI(lifespan=lifespan)

@app.get("/told")
def read():
    return told

@app.get("/thread")
def thread():
    return threading.get_native_id()

@app.get("/leave")
async def leave():
    sys.exit(3)

@app.get("/cancel")
async def cancel():
    asyncio.current_task().cancel()
    await asyncio.sleep(0)

@app.get("/cancelled")
async def cancelled():
    return asyncio.current_task().cancelling()
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "local") as agent:
        yield agent


def statuses(agent: Agent, answer: str, *checks: str, fresh: bool) -> list[str]:
    return [check.status for check in judged(agent, answer, checks, fresh=fresh)]


def judged(agent: Agent, answer: str, checks: Sequence[str], *, fresh: bool) -> list[Check]:
    first, second, third = (*checks, "pass", "pass")[:3]
    grader = GRADER.format(first=first, second=second, third=third)
    events: list[Event] = list(
        agent.client.run(run_request(grader, {"answer.py": answer}, fresh=fresh))
    )
    return [event for event in events if isinstance(event, Check)]


def counted(number: int) -> str:
    return f"assert answer.call('note') == {number}, 'It counts.'"


def test_what_one_check_leaves_the_next_one_meets_only_where_they_share(agent: Agent) -> None:
    once_each = [counted(1)] * 3
    one_by_one = [counted(1), counted(2), counted(3)]
    assert statuses(agent, COUNTS, *once_each, fresh=True) == ["passed"] * 3
    assert statuses(agent, COUNTS, *one_by_one, fresh=False) == ["passed"] * 3
    assert statuses(agent, COUNTS, *one_by_one, fresh=True) == ["passed", "failed", "failed"]
    assert statuses(agent, COUNTS, *once_each, fresh=False) == ["passed", "failed", "failed"]


@pytest.mark.parametrize("fresh", [True, False])
def test_a_process_that_ends_costs_its_check_and_no_other(agent: Agent, fresh: bool) -> None:
    first, second, third = judged(
        agent, COUNTS, [counted(1), "answer.call('leave', 3)", counted(1)], fresh=fresh
    )
    assert (first.status, second.status, third.status) == ("passed", "error", "passed")
    assert second.message == "The answer's process ended by itself (exit code 3)."


def test_files_are_as_loaded_for_a_process_that_replaces_another(agent: Agent) -> None:
    keeps = (
        "import os\nkept = open('kept').read() if os.path.exists('kept') else ''\n"
        "def keep():\n    open('kept', 'w').write('x')\n    os._exit(1)\n"
        "def found():\n    return kept\n"
    )
    checks = ["answer.call('keep')", "assert answer.call('found') == ''"]
    assert statuses(agent, keeps, *checks, fresh=False) == ["error", "passed", "passed"]


@pytest.mark.parametrize(
    ("fresh", "second"), [(True, ["up"]), (False, ["up", "down", "up"])], ids=["fresh", "shared"]
)
def test_every_check_meets_an_app_that_was_started(
    agent: Agent, fresh: bool, second: list[str]
) -> None:
    checks = [
        "assert answer.http.get('/told').json() == ['up']",
        f"assert answer.http.get('/told').json() == {second}",
    ]
    assert statuses(agent, SERVES, *checks, fresh=fresh) == ["passed"] * 3


@pytest.mark.parametrize("fresh", [True, False])
def test_an_apps_thread_serves_more_than_one_request(agent: Agent, fresh: bool) -> None:
    same = "assert answer.http.get('/thread').json() == answer.http.get('/thread').json()"
    assert statuses(agent, SERVES, same, same, fresh=fresh) == ["passed"] * 3


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize(
    ("path", "raised"),
    [("/leave", "SystemExit"), ("/cancel", "asyncio.exceptions.CancelledError")],
)
def test_a_request_that_leaves_or_cancels_itself_ends_no_other(
    agent: Agent, path: str, raised: str, fresh: bool
) -> None:
    goes_on = f"""try:
        answer.http.get('{path}')
    except AnswerError:
        assert answer.http.get('/cancelled').json() == 0
    else:
        assert False"""
    first, second, _ = judged(agent, SERVES, [f"answer.http.get('{path}')", goes_on], fresh=fresh)
    assert (first.status, second.status) == ("error", "passed")
    assert first.error.split(":")[0] == raised
