"""Gets the engine ready in the background and watches that it stays so.

The agent answers from its first moment. Meanwhile this finds or builds the sandbox image, removes
what an earlier agent left behind and lets the pool fill. It looks again every few seconds: an image
that was built anew is taken up, one that was removed is built, and an engine that went away is told
and waited for.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from greenroom_runner.engine import Engine, EngineError
from greenroom_runner.session import Cancelled
from greenroom_runner.status import EngineState, Progress

log = logging.getLogger(__name__)

RETRY_SECONDS = 3.0
_GLANCE_SECONDS = 0.1


@runtime_checkable
class Preparing(Protocol):
    """An engine that needs something built before it can start sandboxes."""

    def prepare(self, report: Callable[[Progress], None]) -> None:
        """Do so, or find it done. Raises EngineError."""


class Readiness:
    """The state of the engine. `on_ready` is called whenever it has become ready."""

    def __init__(
        self, engine: Engine, on_ready: Callable[[], None], retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._engine = engine
        self._on_ready = on_ready
        self._retry_seconds = retry_seconds
        self._stopping = threading.Event()
        self._failed_at: float | None = None
        """Since when it fails: the tries that follow do not start anybody's patience anew."""
        self._reason = ""
        self.state: EngineState = "starting"
        self.message = "The runner is starting."
        self.progress: Progress | None = None
        self._thread = threading.Thread(target=self._work, name="readiness", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; a build that is under way is left behind."""
        self._stopping.set()

    def wait(self, cancelled: Cancelled, patience: float) -> None:
        """Wait until the engine is ready. Raises EngineError with the reason.

        A build is waited for, an absence only for `patience` seconds.
        """
        begun = time.monotonic()
        while self.state != "ready":
            if cancelled.is_set():
                return
            failed_at = self._failed_at
            if failed_at is not None and time.monotonic() - max(begun, failed_at) >= patience:
                raise EngineError(self._reason)
            self._stopping.wait(_GLANCE_SECONDS)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._prepare()
                self._stay_ready()
            except EngineError as error:
                self._fail("away", str(error))
                self._stopping.wait(self._retry_seconds)
            except Exception as error:  # the watcher must outlive any fault of an engine
                log.exception("preparing the engine failed")
                self._fail("failed", f"The sandbox engine failed: {error!r}")
                self._stopping.wait(self._retry_seconds)

    def _prepare(self) -> None:
        if isinstance(self._engine, Preparing):
            self._engine.prepare(self._report)
        left = self._engine.sweep()
        if left:
            log.info("removed sandboxes of an earlier run", extra={"count": left})
        self._failed_at = None
        self._set("ready", "")
        self._on_ready()

    def _stay_ready(self) -> None:
        """Return when the engine must be prepared again: it is away, or its image is another."""
        while not self._stopping.wait(self._retry_seconds):
            if not self._engine.healthy():
                return

    def _report(self, progress: Progress) -> None:
        if progress.step != (self.progress.step if self.progress else None):
            log.info("%s", progress)
        self._set("building", str(progress), progress)

    def _fail(self, state: EngineState, reason: str) -> None:
        self._reason = reason
        self._failed_at = self._failed_at or time.monotonic()
        self._set(state, reason)

    def _set(self, state: EngineState, message: str, progress: Progress | None = None) -> None:
        if state != self.state:
            log.info("engine %s %s", state, message)
        self.state, self.message, self.progress = state, message, progress
