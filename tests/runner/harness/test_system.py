"""What the harness asks of Linux, where the answer depends on how the machine is set up."""

from pathlib import Path

import pytest

from greenroom_runner.harness.system import oom_kills

OLD = "4:memory:/docker/abc\n0::/docker/abc\n"
NEW = "0::/\n"


@pytest.mark.parametrize(
    ("groups", "file", "text"),
    [
        (OLD, "memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"),
        (OLD, "memory/docker/abc/memory.oom_control", "oom_kill 3\n"),
        (NEW, "memory.events", "low 0\noom 7\noom_kill 3\noom_group_kill 0\n"),
        ("0::/box\n", "box/memory.events", "oom_kill 3\n"),
    ],
    ids=["container, old", "own path, old", "container, new", "own path, new"],
)
def test_the_kernel_counts_whom_it_killed(
    tmp_path: Path, groups: str, file: str, text: str
) -> None:
    (tmp_path / "groups").write_text(groups)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert oom_kills(tmp_path / "groups", tmp_path) == 3


@pytest.mark.parametrize("groups", [OLD, NEW, "1:cpu:/\n"])
def test_a_kernel_that_does_not_count_says_nothing(tmp_path: Path, groups: str) -> None:
    (tmp_path / "groups").write_text(groups)
    assert oom_kills(tmp_path / "groups", tmp_path) is None


def test_the_own_group_comes_before_the_one_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "groups").write_text("0::/box\n")
    (tmp_path / "box").mkdir()
    (tmp_path / "memory.events").write_text("oom_kill 9\n")
    (tmp_path / "box" / "memory.events").write_text("oom_kill 0\n")
    assert oom_kills(tmp_path / "groups", tmp_path) == 0
