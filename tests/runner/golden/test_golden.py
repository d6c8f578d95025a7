"""The event stream of every outcome, pinned: through the real agent, its socket and containers."""

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from greenroom.judging.verdict import Verdict
from greenroom_runner.events import Check, Event, Outcome
from greenroom_runner.limits import Limits
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.open_suites import suite_of

HERE = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in HERE.glob("*/scenario.toml"))
MEASURED = ("ms", "cpu_ms", "peak_memory_kib", "usage", "image_digest")


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "docker") as agent:
        yield agent


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_tells_what_it_told(agent: Agent, folder: Path) -> None:
    scenario = tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))
    events = list(judged(agent, folder, scenario))
    assert result_of(events).verdict == scenario["verdict"]
    told = "".join(f"{json.dumps(plain(event), ensure_ascii=False)}\n" for event in events)
    golden = folder / "events.jsonl"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, encoding="utf-8")
    assert told.splitlines() == golden.read_text(encoding="utf-8").splitlines()


def test_tells_what_a_visible_check_used_and_nothing_of_a_hidden_one(agent: Agent) -> None:
    accepted = HERE / "accepted"
    checks = [event for event in judged(agent, accepted, {}) if isinstance(event, Check)]
    visible, hidden = checks
    assert 0 < (visible.cpu_ms or 0) < 5_000
    assert 1024 < (visible.peak_memory_kib or 0) < 1024 * 1024
    assert (hidden.cpu_ms, hidden.peak_memory_kib) == (None, None)


def test_every_outcome_and_every_verdict_has_a_scenario() -> None:
    verdicts = {tomllib.loads(path.read_text())["verdict"] for path in HERE.glob("*/scenario.toml")}
    assert verdicts == set(get_args(Verdict))
    last = [path.read_text().splitlines()[-1] for path in HERE.glob("*/events.jsonl")]
    assert {json.loads(line)["outcome"] for line in last} == set(get_args(Outcome))


def judged(agent: Agent, folder: Path, scenario: dict[str, Any]) -> Iterator[Event]:
    """Yield what the agent tells; at the event named by `cancel_at` the caller gives up."""
    seconds = scenario.get("check_seconds", 5)
    files = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }
    suite = {path.name: files.pop(f"suite/{path.name}") for path in folder.glob("suite/*.py")}
    request = run_request(
        files.pop("grader.py", None),
        files,
        suite=suite_of(suite) if suite else None,
        main=scenario.get("main", "answer.py"),
        mode=scenario.get("mode", "submit"),
        limits=Limits(check_seconds=seconds),
    )
    given_up: list[Event] = []
    for event in agent.client.run(request, cancelled=lambda: bool(given_up)):
        yield event
        if event.type == scenario.get("cancel_at"):
            given_up.append(event)


def plain(event: Event) -> dict[str, Any]:
    """Return an event without what differs from run to run and without what goes without saying."""
    told = event.model_dump(mode="json", exclude_defaults=True, exclude=set(MEASURED))
    return {"type": event.type, **told}
