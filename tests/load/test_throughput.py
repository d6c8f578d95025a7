"""A load is kept up for its time, and what has begun is waited for."""

import itertools
import threading
from pathlib import Path

import pytest

from greenroom.commands.benching import memory
from greenroom.commands.benching.throughput import busy_seconds, rate


def test_every_submitter_goes_on_until_the_time_is_over() -> None:
    numbers, seen, together = itertools.count(), set[int](), threading.Barrier(3)

    def judge() -> None:
        next(numbers)
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            together.wait(10)

    found = rate(judge, 3, 0.05)
    assert len(found.latency.seconds) == next(numbers)
    assert len(seen) == 3
    assert found.seconds >= 0.05


def test_a_judgement_that_outlasts_the_time_counts() -> None:
    over = threading.Event()
    threading.Timer(0.05, over.set).start()
    found = rate(lambda: over.wait(10), 1, 0.001)
    assert len(found.latency.seconds) == 1
    assert found.seconds >= found.latency.seconds[0]


def test_a_fault_ends_the_load() -> None:
    def judge() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        rate(judge, 2, 60)


def test_processors_are_read_from_the_kernel(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 20 30 9999 8888 4 6 7 0 0\ncpu0 1 2 3\n")
    assert busy_seconds(stat) == 1.6
    assert busy_seconds() > 0


def test_memory_is_that_of_a_process_and_all_below_it(tmp_path: Path) -> None:
    tree = {10: (1, b"python\0-m\0greenroom.cli\0serve\0"), 11: (10, b"valkey-server\0")}
    tree |= {12: (11, b"python\0-m\0greenroom.cli\0worker\0"), 13: (1, b"other\0")}
    for pid, (parent, command) in tree.items():
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} (a) b) S {parent} 0 0")
        (folder / "cmdline").write_bytes(command)
        (folder / "smaps_rollup").write_text(
            f"Rss: 9999 kB\nPrivate_Clean: {pid * 1024} kB\nPrivate_Dirty: 1024 kB\n"
        )
    assert memory.of_processes(10, tmp_path) == {"serve": 11, "Valkey": 12, "worker": 13}
