# attack: reads, traces, signals and limits the process that started it
import os
import resource
import signal

from greenroom_runner.harness.grading import check

READ = ("mem", "environ", "maps", "fd/0", "fd/1", "fd/3", "cwd", "root", "exe")
WRITE = ("mem", "oom_score_adj", "clear_refs", "coredump_filter", "comm")


@check("Its parent cannot be reached", visible=True)
def alone() -> None:
    parent, reached = os.getppid(), []
    for name, how in [*((name, os.O_RDONLY) for name in READ), *((name, os.O_WRONLY) for name in WRITE)]:
        try:
            os.close(os.open(f"/proc/{parent}/{name}", how))
            reached.append(name)
        except OSError:
            pass
    for which in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_DATA):
        try:
            resource.prlimit(parent, which, (0, 0))
            reached.append(f"limit {which}")
        except OSError:
            pass
    for number in signal.valid_signals():
        try:
            os.kill(parent, number)
        except OSError:
            pass
    assert reached == []
