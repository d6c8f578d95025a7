"""The worker: processes that judge, and one beside them that gives signs of life and sweeps.

Sweeping stands apart from judging, so that it goes on while every judging process is at work.
"""

import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from celery import signals
from celery.exceptions import SecurityWarning
from sqlalchemy.exc import SQLAlchemyError

from greenroom import tables
from greenroom.core import log, pulse
from greenroom.core.config import settings
from greenroom.core.process import end_with_parent
from greenroom.core.pulse import Pulse
from greenroom.core.queue import queue
from greenroom.core.redis import REDIS_ERRORS, client
from greenroom.judging.tasks import SWEEP_SECONDS, sweep, tell_places
from greenroom.practice import service as practice

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

__all__ = ["run", "tables"]

Look = Callable[[], Pulse]
"""Asks the runner how it is."""

_GLANCE_SECONDS = 0.2
_log = structlog.get_logger(__name__)


class Attendant:
    """The process beside the judging ones. It is forked first, while there is only one thread."""

    def __init__(self, look: Look) -> None:
        """Learn by `look` how the sandbox is."""
        self._look = look
        self._process: ForkProcess | None = None

    def ensure(self) -> None:
        """Start the process, unless it runs."""
        if self._process is None or not self._process.is_alive():
            fork = multiprocessing.get_context("fork")
            self._process = fork.Process(
                target=_attend, args=(self._look, os.getpid()), name="attendant", daemon=True
            )
            self._process.start()

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.terminate()
            self._process.join()


def run(look: Look, alive: Path | None = None) -> int:
    """Judge until a signal ends it; SIGTERM lets what is under way come to its end first.

    The file `alive` is touched for as long as messages are taken on, for whoever checks the health.
    """
    log.configure(settings().log_level, quiet=("celery", "kombu", "amqp"))
    # Celery warns root of messages that run code: ours are JSON, and answers run elsewhere.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    practice.listen()
    attendant = Attendant(look)
    attendant.ensure()

    def glance() -> None:
        attendant.ensure()
        if alive:
            alive.touch()

    _connect(os.getpid(), glance)
    worker = queue().Worker(
        pool="prefork",
        concurrency=settings().worker_concurrency,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    try:
        worker.start()
    finally:
        attendant.stop()
    return int(worker.exitcode or 0)


def _connect(parent: int, glance: Callable[[], None]) -> None:
    """Have Celery tell of the moments that matter here, and look around from its loop."""

    def leave_logs_alone(**_: object) -> None:
        """Be there: Celery sets its own logs up only where nobody listens."""

    def bind(**_: object) -> None:
        end_with_parent(signal.SIGKILL, parent)

    def leave_at_once(exitcode: int, **_: object) -> None:
        # Celery's processes sleep a second before they end; what they had to say has been heard.
        os._exit(exitcode)

    def watch(sender: object, **_: object) -> None:
        _log.info("worker ready", concurrency=settings().worker_concurrency)
        sender.timer.call_repeatedly(_GLANCE_SECONDS, glance)  # type: ignore[attr-defined]

    signals.setup_logging.connect(leave_logs_alone, weak=False)
    signals.worker_process_init.connect(bind, weak=False)
    signals.worker_process_shutdown.connect(leave_at_once, weak=False)
    signals.worker_ready.connect(watch, weak=False)


def _attend(look: Look, parent: int) -> None:
    end_with_parent(signal.SIGKILL, parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all of us
    swept = time.monotonic()
    while True:
        with suppress(*REDIS_ERRORS):
            pulse.beat(look())
            _in_turn("places", pulse.BEAT_SECONDS, tell_places)
            if time.monotonic() - swept >= SWEEP_SECONDS:
                swept = time.monotonic()
                _in_turn("sweeping", SWEEP_SECONDS, sweep)
        threading.Event().wait(pulse.BEAT_SECONDS)


def _in_turn(name: str, seconds: float, action: Callable[[], None]) -> None:
    """Act, unless another worker has just done so."""
    if client().set(f"greenroom:turn:{name}", "1", nx=True, px=int(seconds * 900)):
        try:
            action()
        except SQLAlchemyError as error:
            _log.warning("the database does not answer", during=name, reason=str(error))
