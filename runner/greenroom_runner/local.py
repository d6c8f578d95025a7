"""Sandboxes as plain processes, for a machine of one person without a container engine.

Where bubblewrap works, each is its own set of namespaces: no network, its own processes, a
read-only view of the interpreter and nothing of anybody's files. Else only the limits of processes
hold, and an answer can read what its user can read. Either way the harness inside is the one that
runs in containers.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import greenroom_runner
from greenroom_runner.channel import Channel, FdChannel
from greenroom_runner.engine import EngineError, Sandbox, Stopped
from greenroom_runner.harness import system
from greenroom_runner.harness.services.needs import together
from greenroom_runner.limits import Limits
from greenroom_runner.request import Beside, Profile

_PACKAGE = Path(greenroom_runner.__file__).parent
_PROGRAM = [sys.executable, "-P", "-m", "greenroom_runner.harness"]
_USER = "10001"
_INSIDE = "/tmp"  # noqa: S108 - a tmpfs of the sandbox's own
_TMP_MIB = 64
_GRACE_SECONDS = 1.0
_PREFIX = "greenroom-local-"
_SYSTEM_FOLDERS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/mime.types")
_LIBRARIES = ("fastapi", "pydantic", "sqlalchemy", "starlette")


class LocalEngine:
    """Starts sandboxes as processes. `bubblewrap=False` leaves the namespaces out."""

    name = "local"

    def __init__(self, *, bubblewrap: bool | None = None) -> None:
        self.bubblewrap = has_bubblewrap() if bubblewrap is None else bubblewrap

    def start_candidate(self, profile: Profile, services: Sequence[Beside] = ()) -> "LocalSandbox":
        return self._start(["candidate", profile, *services], services)

    def start_judge(self, tenant: str) -> "LocalSandbox":
        del tenant
        return self._start(["judge"])

    def apply_limits(self, sandbox: Sandbox, limits: Limits) -> None:
        """Nothing to do: the harness inside applies the limits of the job by itself."""

    def image_digest(self) -> str:
        return _digest()

    def sweep(self) -> int:
        """Remove the folders of sandboxes whose starter is gone. The processes ended with it, and
        only one that was killed itself has left its folder.
        """
        left = [folder for folder in _temporary().glob(f"{_PREFIX}*") if not _starter_lives(folder)]
        for folder in left:
            system.remove_tree(folder)
        return len(left)

    def healthy(self) -> bool:
        return True

    def _start(self, arguments: list[str], services: Sequence[Beside] = ()) -> "LocalSandbox":
        if self.bubblewrap:
            wrapped = _wrapped(_TMP_MIB + together(services).disk_mib)
            with _users() as users:
                options = ["--ro-bind-data", str(users), "/etc/passwd"]
                command = [*wrapped, *options, *_PROGRAM, *arguments]
                return LocalSandbox(_started(command, _INSIDE, users))
        folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
        Path(folder).chmod(0o711)  # an answer that runs as another user passes through
        try:
            process = _started([*_PROGRAM, *arguments], folder, **{system.FOLDER: folder})
        except EngineError:
            system.remove_tree(folder)
            raise
        return LocalSandbox(process, folder)


class LocalSandbox:
    """One process, its channel and its folder, which it lacks where it has a /tmp of its own."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str | None = None) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.id = f"process-{process.pid}"
        self.image = _digest()
        self.channel: Channel = FdChannel(
            process.stdout.fileno(), process.stdin.fileno(), closer=self._close_pipes
        )
        self._process = process
        self._folder = folder
        self._lock = threading.Lock()
        self._end: Stopped | None = None

    @property
    def stopped(self) -> bool:
        return self._end is not None

    def stop(self) -> Stopped:
        with self._lock:
            if self._end is None:
                self.channel.close()
                code = self._ended()
                if self._folder:
                    system.remove_tree(self._folder)
                self._end = Stopped(exit_code=code)
            return self._end

    def _ended(self) -> int:
        """Wait for the process, which ends with its input and takes those below it along."""
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe and pipe.close()


@contextlib.contextmanager
def _users() -> Iterator[int]:
    """Open the list of users as a sandbox sees it: PostgreSQL asks for the name of its own."""
    reader, writer = os.pipe()
    try:
        os.write(writer, f"answer:x:{_USER}:{_USER}::{_INSIDE}:/bin/false\n".encode())
        os.close(writer)
        yield reader
    finally:
        os.close(reader)


def _started(
    command: list[str], folder: str, *inherited: int, **environment: str
) -> subprocess.Popen[bytes]:
    """Start a sandbox whose temporary files lie in `folder`, as it sees it. Raises EngineError."""
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={**_environment(folder), **environment},
            start_new_session=True,
            pass_fds=inherited,
        )
    except OSError as problem:
        raise EngineError(f"A local sandbox cannot be started: {problem}") from problem


@functools.cache
def has_bubblewrap() -> bool:
    """Say whether bubblewrap is there and may make namespaces."""
    if shutil.which("bwrap") is None:
        return False
    command = [*_wrapped(), sys.executable, "-c", ""]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            command,
            env=_environment(_INSIDE),
            check=False,
            capture_output=True,
            timeout=20,
        )
        return done.returncode == 0
    return False


def _wrapped(tmp_mib: int = _TMP_MIB) -> list[str]:
    """Return the command that wraps a program into namespaces of its own."""
    command = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns"]
    command += ["--uid", _USER, "--gid", _USER, "--cap-drop", "ALL", "--hostname", "sandbox"]
    command += ["--as-pid-1", "--die-with-parent", "--new-session"]
    # First, because everything else may lie below it.
    command += ["--size", str(tmp_mib * 1024 * 1024), "--tmpfs", _INSIDE, "--chdir", _INSIDE]
    command += ["--ro-bind", "/usr", "/usr"]
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            command += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            command += ["--ro-bind", str(folder), str(folder)]
    for file in _SYSTEM_FILES:
        command += ["--ro-bind-try", file, file]
    for folder in _python_folders():
        command += ["--ro-bind", str(folder), str(folder)]
    return [*command, "--proc", "/proc", "--dev", "/dev"]


def _python_folders() -> list[Path]:
    """Return what the interpreter needs outside the system's folders."""
    executable = Path(sys.executable).resolve()
    wanted = [Path(sys.base_prefix), Path(sys.prefix), executable.parent.parent, _PACKAGE]
    kept: list[Path] = []
    for folder in wanted:
        if not any(folder.is_relative_to(outer) for outer in (Path("/usr"), *kept)):
            kept.append(folder)
    return kept


def _environment(folder: str) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(_PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        system.BUSY: str(system.tasks_of_user()),
    }


def _temporary() -> Path:
    return Path(tempfile.gettempdir())


def _starter_lives(folder: Path) -> bool:
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    return pid.isdigit() and Path("/proc", pid).exists()


@functools.cache
def _digest() -> str:
    """Return what stands for the interpreter and the libraries that judge here."""
    parts = [platform.python_implementation(), platform.python_version()]
    for name in _LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            parts.append(f"{name} {importlib.metadata.version(name)}")
    return "local:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
