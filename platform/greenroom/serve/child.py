"""One process of the site, in a session of its own: started, watched, and started again."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from greenroom.core.process import end_with_parent

GIVE_UP_AFTER = 5
CALM_SECONDS = 60.0
_FIRST_PAUSE = 0.2
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A process to keep running. `name` is how people are told of it.

    `orphaned` is the signal it gets when this process is killed; `urged` the one that ends it when
    SIGTERM has not. `log` None: it writes where this process writes.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path | None = None
    descriptors: tuple[int, ...] = ()
    orphaned: signal.Signals = signal.SIGKILL
    urged: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    again_at: float = 0.0
    crashes: list[float] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process. To be called from the main thread, which then counts as its parent.

        Signals wait meanwhile: one whose handler raises would leave a process that nobody knows.
        """
        output = self._output()
        waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=self.descriptors,
                start_new_session=True,
                preexec_fn=partial(self._begin, os.getpid(), waiting),  # noqa: PLW1509 one thread only
            )
        finally:
            if output is not None:
                os.close(output)
            signal.pthread_sigmask(signal.SIG_SETMASK, waiting)

    def crashed(self, now: float) -> bool:
        """Note that the process ended by itself; True when it does so too often to try again."""
        self.crashes = [at for at in self.crashes if now - at < CALM_SECONDS] + [now]
        self.again_at = now + _FIRST_PAUSE * 2 ** (len(self.crashes) - 1)
        return len(self.crashes) >= GIVE_UP_AFTER

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone: it knows best how its own children end."""
        if self.running:
            assert self.process
            self.process.send_signal(number)

    def sweep(self) -> None:
        """End whatever is left of its session's process group, and take its exit status."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ending(self) -> str:
        """Say how the process ended, in words."""
        status = self.process.returncode if self.process else 0
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"
        return f"The {self.name} ended {how}."

    def _begin(self, parent: int, blocked: set[int | signal.Signals]) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        end_with_parent(self.orphaned, parent)

    def _output(self) -> int | None:
        if self.log is None:
            return None
        return os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def wait_until(condition: Callable[[], bool], seconds: float, glance: float = 0.02) -> bool:
    """Wait for a condition, and say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(glance)
    return True
