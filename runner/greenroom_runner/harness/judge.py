"""The judge sandbox's program: `python -m greenroom_runner.harness judge`.

Says `ready`, and has one process for each judgement, forked ahead of it. Judgements share nothing:
each has a folder, a process group and limits of its own, and this process can be neither read nor
signalled by them.
"""

import gc
import os
import signal
import sys
import tempfile
from typing import NoReturn

from greenroom_runner.harness import grading, judging, sharing, system
from greenroom_runner.harness.port import Port, take_channel

MEMORY_MIB = 256
CPU_SECONDS = 120
_DISK_MIB = 16
_PIDS = 16
_NO_MORE = 78
"""The exit status of a process that was never given a judgement."""
_PRELOADED = (grading,)


def main() -> int:
    """Serve judgements until the input ends, and return the exit status."""
    agent = take_channel()
    system.guard()
    gc.collect()
    sharing.share()
    agent.send({"t": "ready"})
    while _one(agent):
        pass
    return 0


def _one(agent: Port) -> bool:
    """Have a process wait for the next judgement and carry it out; say when nothing is left of it.
    False: there is none to come.
    """
    folder = tempfile.mkdtemp(prefix="judgement-")
    child = os.fork()
    if child == 0:
        _become_judgement(agent, folder)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    system.end_descendants()
    system.remove_tree(folder)
    system.empty_shared_folders()
    if status == _NO_MORE:
        return False
    if status != 0:
        message = f"The grader's process ended by itself (exit code {status})."
        agent.send({"t": "broken", "message": message})
    agent.send({"t": "done"})
    return True


def _become_judgement(agent: Port, folder: str) -> NoReturn:
    status = 1
    try:
        os.setsid()
        system.die_with_parent()
        system.limit_processes(MEMORY_MIB, _DISK_MIB, _PIDS, CPU_SECONDS)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = folder
        status = _next(agent)
    except Exception as problem:
        sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
    finally:
        os._exit(status)


def _next(agent: Port) -> int:
    """Carry out the next judgement, and return the status to exit with."""
    while (frame := agent.receive()) is not None:
        if frame["t"] == "judge":
            judging.judge(agent, frame)
            return 0
    return _NO_MORE
