"""Programs that run beside the answer: found, started, ended."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from greenroom_runner.harness import system
from greenroom_runner.harness.services.protocol import ServiceError

PLACE = Path("/opt/services")
"""Where the image holds the programs."""
START_SECONDS = 20.0
STOP_SECONDS = 1.0
_GLANCE_SECONDS = 0.002
_NOBODY = "nobody"


def identity() -> dict[str, Any]:
    """Return the options of `subprocess` for whom a service runs as. Root's services are nobody's:
    PostgreSQL refuses root, and the answer, which is somebody else then, cannot signal them.
    """
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(_NOBODY)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(folder: Path) -> None:
    """Make `folder` and all in it the property of whom a service runs as, and closed to others."""
    folder.chmod(0o700)
    if who := identity():
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who["user"], who["group"])


def free_port(usual: int) -> int:
    """Return the port that clients expect, or another one where that is taken."""
    for wanted in (usual, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            port: int = probe.getsockname()[1]
            return port
    raise ServiceError("There is no port left on this machine.")


class Program:
    """One program, whose files grow no larger than `disk_mib`. It ends with the harness."""

    def __init__(self, disk_mib: int) -> None:
        self._disk_mib = disk_mib
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        command: Sequence[str],
        folder: Path,
        ready: Callable[[], bool],
        executable: Path | None = None,
    ) -> None:
        """Start in `folder`, and return once it is `ready`. Raises ServiceError.

        `executable` is what really runs where the command names something else.
        """
        said = folder / "log"
        with said.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                executable=executable,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._prepare,  # noqa: PLW1509 - the harness has no thread
                **identity(),
            )
        system.spare(self._process.pid)
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if not self.runs() or time.monotonic() > deadline:
                raise ServiceError(f"{Path(command[0]).name} does not start: {_last_line(said)}")
            time.sleep(_GLANCE_SECONDS)

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it at once: by the signal that lets it free what the system keeps for it, or else by
        force.
        """
        for ending in (signal.SIGQUIT, signal.SIGKILL):
            if self._process is not None and self.runs():
                self._process.send_signal(ending)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_SECONDS)
        if self._process is not None:
            system.spare_no_longer(self._process.pid)

    def _prepare(self) -> None:
        system.die_with_parent()
        system.limit_files(self._disk_mib)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "no reason given")
