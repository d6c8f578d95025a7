"""What the harness asks of Linux: process attributes, limits, and the end of every process below
this one.
"""

import contextlib
import ctypes
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)
_MIB = 1024 * 1024
_STDERR = 2
_SHARED = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - inside a sandbox
_GROUPS, _MOUNTED = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")

_spared: set[int] = set()

BUSY = "GREENROOM_BUSY_TASKS"
"""Environment variable: how many tasks the user of this process has outside this sandbox, where the
kernel counts them against the same limit."""

FOLDER = "GREENROOM_OWN_FOLDER"
"""Environment variable: a folder that is this sandbox's alone, to be removed at its end."""


def remove_own_folder() -> None:
    """Leave nothing behind, also when nobody is left to see to it."""
    if folder := os.environ.get(FOLDER):
        remove_tree(folder)


def remove_tree(folder: str | os.PathLike[str]) -> None:
    """Remove a folder and all below it, as deep as hostile code has made it, locked or not."""
    with contextlib.suppress(RecursionError):  # before Python 3.13
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder):
        for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            subprocess.run([*command, "--", folder], check=False, stderr=subprocess.DEVNULL)


def empty_shared_folders() -> None:
    """Remove what processes of this sandbox have left where all of them may write. Only the first
    process has these folders for itself: for any other this does nothing.
    """
    if os.getpid() != 1:
        return
    for path in [path for folder in _SHARED for path in folder.iterdir()]:
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def may_become(uid: int) -> bool:
    """Say whether root here may become a user that can still read the libraries and reach the
    temporary files.
    """
    libraries = [place for place in sys.path if Path(place).exists()]
    child = os.fork()
    if child == 0:
        try:
            become(uid)
            readable = all(os.access(place, os.R_OK) for place in libraries)
            os._exit(0 if readable and os.access(tempfile.gettempdir(), os.X_OK) else 1)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def become(uid: int) -> None:
    """Be this user, and its group, for ever."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def set_dumpable(dumpable: bool) -> None:
    """Say whether processes of the same user may trace this one, or open what /proc shows of it."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable))


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def guard() -> None:
    """Make this process the keeper of those below it: they can neither read nor interrupt it."""
    set_dumpable(False)
    adopt_orphans()
    # Python's own handler would let a process below stop the first one of a container.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")


def give_memory_back() -> None:
    """Return to the system what was freed, which the C library would keep for later."""
    if trim := getattr(_libc, "malloc_trim", None):
        trim(0)


def prefer_for_oom() -> None:
    """Make this process, and those it forks, the first to go when memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def oom_kills(groups: Path = _GROUPS, mounted: Path = _MOUNTED) -> int | None:
    """Return how many processes of this one's control group the kernel has killed because memory
    ran out, None where it does not tell. `groups` names the group, `mounted` holds all of them.
    """
    for file in _oom_counters(groups, mounted):
        with contextlib.suppress(OSError):
            text = file.read_text(encoding="ascii")
            if found := re.search(r"^oom_kill (\d+)$", text, re.MULTILINE):
                return int(found[1])
    return None


def _oom_counters(groups: Path, mounted: Path) -> Iterator[Path]:
    """Yield where the kernel may count, for both versions of control groups: under the group's own
    path, or at the top, where a container finds its own.
    """
    for line in groups.read_text(encoding="utf-8").splitlines():
        _, controllers, group = line.split(":", 2)
        path = group.removeprefix("/")
        if "memory" in controllers.split(","):
            yield mounted / "memory" / path / "memory.oom_control"
            yield mounted / "memory" / "memory.oom_control"
        elif not controllers:
            yield mounted / path / "memory.events"
            yield mounted / "memory.events"


def limit(which: int, value: int) -> None:
    """Lower a limit, soft and hard, as far as the present hard limit allows."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (value, value))


def data_bytes() -> int:
    """Return the private writable memory of this process: what RLIMIT_DATA counts."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def tasks_of_user() -> int:
    """Return how many tasks, threads included, run as this process' user."""
    count = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == os.geteuid():
                    count += sum(1 for _ in (folder / "task").iterdir())
    return count


def limit_processes(memory_mib: int, disk_mib: int, pids: int, cpu_seconds: int) -> None:
    """Bound one process. Memory and processor time count from here: what loading the libraries
    took is not the answer's.
    """
    limit(resource.RLIMIT_DATA, data_bytes() + memory_mib * _MIB)
    limit(resource.RLIMIT_NPROC, pids + int(os.environ.get(BUSY, "0")))
    limit(resource.RLIMIT_CPU, cpu_seconds + math.ceil(time.process_time()))
    limit(resource.RLIMIT_NOFILE, 256)
    limit_files(disk_mib)


def limit_files(disk_mib: int) -> None:
    """Bound the size of each file that this process writes, and leave no core."""
    limit(resource.RLIMIT_FSIZE, disk_mib * _MIB)
    limit(resource.RLIMIT_CORE, 0)


def close_all_but(*keep: int) -> None:
    """Close every descriptor above 2 that is not in `keep`."""
    for entry in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if entry > _STDERR and entry not in keep:
            with contextlib.suppress(OSError):
                os.close(entry)


def spare(pid: int) -> None:
    """Let this process, and those below it, live through `end_descendants(keep=...)`."""
    _spared.add(pid)


def spare_no_longer(pid: int) -> None:
    _spared.discard(pid)


def end_descendants(*, keep: int = 0) -> None:
    """Kill and reap every process below this one: except `keep` and what is spared, or really
    every one. Needs `adopt_orphans`.

    A process may fork between the look and the signal. So all are stopped first, and again until a
    look finds nobody new: who is stopped forks no more, and still counts against the process limit.
    """
    while found := _stop_descendants(keep):
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for pid in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def kill_and_reap(pid: int) -> None:
    """End a child of this process."""
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _stop_descendants(keep: int) -> set[int]:
    """Stop every process below this one but `keep`, and return them."""
    stopped = {keep}
    spared = _spared if keep else set()
    while new := set(_descendants(spared)) - stopped:
        for pid in new:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGSTOP)
        stopped |= new
    return stopped - {keep}


def _descendants(spared: set[int]) -> list[int]:
    """Return the processes below this one, without those that are spared and those below them."""
    parents = {pid: parent for pid, parent in _parents().items() if pid not in spared}
    found: list[int] = []
    level = {os.getpid()}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found += level
    return found


def _parents() -> dict[int, int]:
    """Map every process that this one can see and that is not a zombie of somebody else's to its
    parent.
    """
    parents = {}
    with os.scandir("/proc") as entries:
        names = [entry.name for entry in entries if entry.name.isdigit()]
    for name in names:
        with contextlib.suppress(OSError, ValueError):
            stat = Path("/proc", name, "stat").read_text(encoding="latin-1")
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z" or int(parent) == os.getpid():
                parents[int(name)] = int(parent)
    return parents
