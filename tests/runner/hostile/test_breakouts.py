"""Graders that try to leave their judge: what they look for is never there.

A file of `breakouts/` is a grader that is satisfied when it reached nothing. Each is judged several
times by the same judge, since a judgement may have left something for the next one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.hostile.test_hostile import told
from tests.support.agents import Agent, result_of, run_request, running_agent

BREAKOUTS = sorted((Path(__file__).parent / "breakouts").glob("*.py"))
HONEST = "def add(left, right):\n    return left + right\n"
ONE_JUDGE = {"GREENROOM_WORKER_CONCURRENCY": "1"}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "docker", **ONE_JUDGE) as agent:
        yield agent


@pytest.mark.parametrize("grader", BREAKOUTS, ids=lambda path: path.stem)
def test_reaches_nothing(agent: Agent, grader: Path) -> None:
    request = run_request(grader.read_text(encoding="utf-8"), {"answer.py": HONEST})
    for _ in range(3):
        result = result_of(list(agent.client.run(request)))
        assert result.verdict == "accepted", told(result)
    assert agent.client.status().judges == 1
