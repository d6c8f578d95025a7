"""A whole site on one machine: what is started, in which order, and how all of it ends.

Whatever happens to this process, nothing stays behind: it stops its children when it is asked to
end or fails, and the kernel ends them when it is killed.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from greenroom.bank.faults import BankFaultsError
from greenroom.bank.service import bank_folder, load_if_changed
from greenroom.core import migrate
from greenroom.core.config import Settings
from greenroom.core.db import engine, forget_engine, transaction
from greenroom.core.errors import ConfigurationError, GreenroomError
from greenroom.core.redis import require_answer
from greenroom.serve import folder, valkey
from greenroom.serve.child import Child, wait_until
from greenroom.serve.listen import listen, web_command

LOG_BYTES = 5_000_000
VALKEY_SECONDS = 10.0
READY_SECONDS = 30.0
ASKED_SECONDS = 1.5
URGED_SECONDS = 0.4
VALKEY_END_SECONDS = 0.4
_GLANCE_SECONDS = 0.2
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class FailedError(GreenroomError):
    """A part of the site cannot be kept running."""


class _Ended(BaseException):
    """A signal asked for the end. No ordinary handler may swallow it."""


class Site:
    """The children of `greenroom serve`."""

    def __init__(self, settings: Settings, sandbox: str, say: Callable[[str], None]) -> None:
        """Run a site by `settings`; `sandbox` is docker or local; `say` tells people a line."""
        self._settings = settings
        self._say = say
        self._logs = folder.logs_of(settings)
        self._quiet = sys.stderr.isatty()
        self._environment = os.environ | {
            "GREENROOM_DATA_DIR": str(settings.data_dir),
            "GREENROOM_REDIS_URL": settings.redis,
            "GREENROOM_RUNNER_URL": settings.runner,
            "GREENROOM_SANDBOX": sandbox,
        }
        self._children: list[Child] = []
        self._ending = False

    def run(self) -> None:
        """Start everything and keep it running until a signal ends it.

        Raises ConfigurationError, or FailedError where a part cannot be kept running.
        """
        with (
            suppress(_Ended),
            self._signals_heard(),
            listen(self._settings.host, self._settings.port) as listener,
            folder.taken(self._settings) as lock,
        ):
            try:
                self._start(lock, listener.fileno())
                self._say(f"Greenroom is ready: {self._settings.url} (Ctrl-C stops it)")
                self._watch()
            finally:
                self._stop()

    def _start(self, lock: int, listener: int) -> None:
        if self._settings.redis_url:
            require_answer()
        else:
            self._begin(self._valkey(lock))
        if not self._settings.runner_url:
            # Orphaned, it still ends its sandboxes.
            self._begin(replace(self._program("runner"), orphaned=signal.SIGTERM))
        migrate.upgrade(engine())
        self._load_bank()
        forget_engine()
        self._await_valkey()
        self._begin(self._web(listener))
        self._await_site()
        # Last: people wait for the pages, and what they hand in waits for the worker.
        self._begin(replace(self._program("worker"), urged=signal.SIGQUIT))

    def _load_bank(self) -> None:
        """Bring the bank up to date. What stands in the way is told, and what was there stays."""
        try:
            with transaction() as session:
                load_if_changed(session)
        except BankFaultsError as error:
            self._say(f"The question bank {bank_folder()} has faults and was not loaded:\n{error}")
        except ConfigurationError as error:
            self._say(str(error))

    def _begin(self, child: Child) -> None:
        self._children.append(child)
        child.start()

    def _valkey(self, lock: int) -> Child:
        command = valkey.command(self._settings.data_dir / "valkey", self._settings.run_dir)
        log = self._logs / "valkey.log"
        # Orphaned, it still ends in good order, which removes its socket.
        return Child("queue", command, self._environment, log, (lock,), orphaned=signal.SIGTERM)

    def _web(self, listener: int) -> Child:
        child = Child("web server", web_command(listener), self._environment, self._log("web"))
        return replace(child, descriptors=(listener,))

    def _program(self, name: str) -> Child:
        command = (sys.executable, "-m", "greenroom.cli", name)
        return Child(name, command, self._environment, self._log(name))

    def _log(self, name: str) -> Path | None:
        """Return where a program of ours writes: at a terminal that is kept for what we say."""
        return self._logs / f"{name}.log" if self._quiet else None

    def _await_valkey(self) -> None:
        if self._settings.redis_url:
            return
        queue = self._children[0]
        ready = wait_until(
            lambda: valkey.answers(self._settings.run_dir) or not queue.running, VALKEY_SECONDS
        )
        if not (ready and queue.running):
            raise FailedError(f"The embedded Valkey does not start. See {queue.log}.")

    def _await_site(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            self._look()
            if time.monotonic() > deadline:
                raise FailedError(f"The web server does not answer. {self._where()}")
            time.sleep(0.03)

    def _answers(self) -> bool:
        connection = HTTPConnection(_reachable(self._settings.host), self._settings.port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        while True:
            self._look()
            self._keep_logs_small()
            time.sleep(_GLANCE_SECONDS)

    def _look(self) -> None:
        """Start again what has ended."""
        now = time.monotonic()
        for child in self._children:
            if child.running:
                continue
            if child.process is not None:
                self._lost(child, now)
            elif now >= child.again_at:
                child.start()

    def _lost(self, child: Child, now: float) -> None:
        ending = child.ending()
        child.sweep()
        child.process = None
        if child.crashed(now):
            raise FailedError(f"{ending} It does so again and again. {self._where(child)}")
        self._say(f"{ending} Starting it again.")

    def _where(self, child: Child | None = None) -> str:
        log = child.log if child else self._logs
        return f"Its log is {log}." if log else "Its log says why."

    def _keep_logs_small(self) -> None:
        for child in self._children:
            if child.log and _size(child.log) > LOG_BYTES:
                # The child holds the file open for appending, so it is copied and emptied.
                shutil.copyfile(child.log, child.log.with_suffix(".log.1"))
                os.truncate(child.log, 0)

    def _stop(self) -> None:
        """End everything within three seconds: the queue last, for the others still write to it."""
        self._ending = True
        others = [child for child in self._children if child.name != "queue"]
        for child in others:
            child.send(signal.SIGTERM)
        if not _gone(others, ASKED_SECONDS):
            for child in others:
                child.send(child.urged)
            _gone(others, URGED_SECONDS)
        for child in others:
            child.sweep()
        for child in self._children:
            child.send(signal.SIGTERM)
        _gone(self._children, VALKEY_END_SECONDS)
        self._sweep()

    def _sweep(self) -> None:
        for child in self._children:
            child.sweep()
        for name in (valkey.SOCKET, "runner.sock"):
            (self._settings.run_dir / name).unlink(missing_ok=True)

    @contextmanager
    def _signals_heard(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._hear) for number in _ENDING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal: the first one ends the site in good order, the next one at once."""
        if self._ending:
            for child in self._children:
                child.send(signal.SIGKILL)
            return
        self._ending = True
        raise _Ended


def _gone(children: list[Child], seconds: float) -> bool:
    return wait_until(lambda: not any(child.running for child in children), seconds)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 compared, not bound


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
