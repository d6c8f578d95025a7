"""Forks the Celery workers of an answer, from a process that has their libraries loaded already,
and asks them how they are. No line of the answer runs in this process itself.
"""

import time
from typing import Any

from greenroom_runner.harness import system
from greenroom_runner.harness.confining import Confinement
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.inside.serving import Questions, answer, asked, refusals
from greenroom_runner.harness.services.inside.watching import Worker
from greenroom_runner.harness.services.protocol import ServiceError

NAME = "celery"
STATE_SECONDS = 3.0
MAX_WAIT = 30.0
_GLANCE = 0.02


def serve(port: Port) -> None:
    """Launch and end workers as the harness asks, until it closes its end."""
    system.adopt_orphans()
    answer(port, None)
    nursery = Nursery()
    while (frame := port.receive()) is not None:
        with refusals(NAME, port):
            answer(port, nursery.perform(frame))
    system.end_descendants()


class Nursery:
    """There is at most one worker at a time."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._questions: Questions = {"state": self._state, "wait_idle": self._wait_idle}

    def perform(self, frame: Frame) -> Any:
        match frame["t"]:
            case "launch":
                self._worker = Worker(Confinement(**frame["answer"]), frame["environment"])
            case "loaded":
                self._running.await_stage("loaded")
            case "end":
                self._end()
            case _:
                return asked(NAME, self._questions, frame)
        return None

    def _end(self) -> None:
        system.end_descendants()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    @property
    def _running(self) -> Worker:
        if self._worker is None:
            raise ServiceError("There is no Celery worker.")
        return self._worker

    def _state(self) -> dict[str, Any]:
        """Return the names of the tasks, how many are waiting, taken and active, and the log."""
        state = self._running.state(STATE_SECONDS)
        return {**vars(state), "log": self._running.last_lines()}

    def _wait_idle(self, seconds: float) -> bool:
        """Wait until no task is waiting, taken or active, or for so long, and say whether that is
        so. One look is not enough: what has left the queue may not have arrived at the worker.
        """
        deadline = time.monotonic() + min(seconds, MAX_WAIT)
        idle_before = False
        while time.monotonic() < deadline:
            idle = self._running.state(STATE_SECONDS).idle
            if idle and idle_before:
                return True
            idle_before = idle
            time.sleep(_GLANCE)
        return False
