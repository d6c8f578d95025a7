"""How a process becomes one that runs the answer's code."""

import os
import sys
import tempfile
from dataclasses import dataclass
from typing import TextIO

from greenroom_runner.harness import system
from greenroom_runner.harness.frames import Frame


@dataclass(frozen=True)
class Confinement:
    """Where the answer lies and runs, as which user (None: as this one), and what each of its
    processes may use.
    """

    work: str
    tmp: str
    main: str
    uid: int | None
    memory_mib: int
    disk_mib: int
    pids: int
    cpu_seconds: int

    def frame(self) -> Frame:
        return dict(vars(self))


def confine(to: Confinement) -> None:
    """Be the answer's user, in its folder and within its limits, for ever."""
    if to.uid is not None:
        system.become(to.uid)
    system.set_dumpable(True)
    system.die_with_parent()
    system.prefer_for_oom()
    system.limit_processes(to.memory_mib, to.disk_mib, to.pids, to.cpu_seconds)
    os.chdir(to.work)
    # The module remembers the harness's own folder, which another user may not write to.
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = to.tmp
    sys.argv = [to.main]
    # New streams: the ones from the start believe in descriptors that are others by now.
    sys.stdout, sys.stderr = _text_stream(1), _text_stream(2)


def _text_stream(descriptor: int) -> TextIO:
    return open(
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
