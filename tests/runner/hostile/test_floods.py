"""Answers that print without end leave the agent as small as it was."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.runner.hostile.test_hostile import AT_ONCE, NAMES, header_of, judged
from tests.support.agents import result_of, running_agent

FLOODS = [name for name in NAMES if header_of(name).verdicts == ["output_limit"]]
ROUNDS = 3
MOST_GROWTH_MIB = 32


def test_the_agent_does_not_grow_under_floods_of_output(tmp_path: Path) -> None:
    with running_agent(tmp_path, "docker") as agent, ThreadPoolExecutor(AT_ONCE) as threads:
        assert result_of(judged(agent, "honest_call")).verdict == "accepted"
        before = agent.peak_mib
        told = threads.map(lambda name: judged(agent, name), FLOODS * ROUNDS)
        assert {result_of(events).verdict for events in told} == {"output_limit"}
        assert agent.peak_mib - before <= MOST_GROWTH_MIB


def test_there_are_floods() -> None:
    assert len(FLOODS) >= 3
