"""A Celery worker as the nursery sees it: a process of the answer, which may say anything."""

import contextlib
import os
import select
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass

from greenroom_runner.harness.confining import Confinement
from greenroom_runner.harness.frames import BadFrame, Frame, Splitter, pack, parse
from greenroom_runner.harness.services.inside.worker import work
from greenroom_runner.harness.services.protocol import ServiceError

START_SECONDS = 10.0
END_SECONDS = 1.0
_GLANCE = 0.02
_CHUNK = 64 * 1024
_LAST_BYTES, _LAST_LINES = 1200, 12
MAX_TASKS = 200


@dataclass(frozen=True)
class State:
    """The names of the tasks, and how many are in the queues, with the worker, and under way."""

    tasks: list[str]
    waiting: int
    taken: int
    active: int

    @property
    def idle(self) -> bool:
        return self.waiting == self.taken == self.active == 0


class Worker:
    """One worker, from its fork on."""

    def __init__(self, answer: Confinement, environment: Mapping[str, str]) -> None:
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        self._splitter = Splitter()
        self._stages: set[str] = set()
        self._asked = 0
        self._end = ""
        self._socket, there = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            work(there.detach(), self._log.fileno(), answer, environment)
        there.close()

    def await_stage(self, stage: str) -> None:
        """Return once it has `loaded` the answer's app, or is `ready` for tasks. Raises
        ServiceError with what it said where it does not come so far.
        """
        deadline = time.monotonic() + START_SECONDS
        while stage not in self._stages:
            match self._hear(deadline):
                case {"t": "loaded" | "ready" as reached}:
                    self._stages.add(reached)
                case {"t": "failed", "message": str(message)}:
                    raise ServiceError(message)
                case _:
                    raise self._failed("wrote what cannot be read")

    def state(self, seconds: float) -> State:
        """Ask how it is doing. Raises ServiceError where it is gone or does not answer in time."""
        self.await_stage("ready")
        self._asked += 1
        try:
            self._socket.sendall(pack({"t": "state", "n": self._asked}))
        except OSError:
            raise self._gone() from None
        deadline = time.monotonic() + seconds
        while (frame := self._hear(deadline)).get("n") != self._asked:
            pass  # the answer to a question that nobody waits for any more
        if (state := _state(frame)) is None:
            raise self._failed("wrote what cannot be read")
        return state

    def last_lines(self) -> str:
        """Return the end of what it has printed and logged."""
        size = os.fstat(self._log.fileno()).st_size
        data = os.pread(self._log.fileno(), _LAST_BYTES, max(size - _LAST_BYTES, 0))
        return "\n".join(data.decode("utf-8", "replace").strip().splitlines()[-_LAST_LINES:])

    def close(self) -> None:
        """Let go of a worker that is gone."""
        self._socket.close()
        self._log.close()

    def _hear(self, deadline: float) -> Frame:
        """Return its next frame. Its end shows by itself alone: a process of its own may hold the
        socket open.
        """
        try:
            while (payload := self._splitter.take()) is None:
                if time.monotonic() > deadline:
                    raise self._failed("does not answer")
                if select.select([self._socket], [], [], _GLANCE)[0]:
                    self._feed()
                elif self._ending():
                    raise self._gone()
            return parse(payload)
        except BadFrame:
            raise self._failed("wrote what cannot be read") from None

    def _feed(self) -> None:
        data = b""
        with contextlib.suppress(OSError):
            data = self._socket.recv(_CHUNK)
        if not data:
            raise self._gone()
        self._splitter.feed(data)

    def _ending(self) -> str:
        """Say how the process ended; nothing while it runs."""
        pid, status = os.waitpid(self._pid, os.WNOHANG) if self._pid else (0, 0)
        if pid:
            self._pid = 0
            code = os.waitstatus_to_exitcode(status)
            self._end = f"signal {-code}" if code < 0 else f"exit code {code}"
        return self._end

    def _gone(self) -> ServiceError:
        """Say that it is gone. Its end may follow that of its connection."""
        deadline = time.monotonic() + END_SECONDS
        while not (ending := self._ending()) and time.monotonic() < deadline:
            time.sleep(_GLANCE)
        return self._failed(f"ended by itself ({ending})" if ending else "closed its connection")

    def _failed(self, what: str) -> ServiceError:
        lines = self.last_lines()
        return ServiceError(f"The Celery worker {what}." + (f" It said: {lines}" if lines else ""))


def _state(frame: Frame) -> State | None:
    match frame:
        case {
            "tasks": list(tasks),
            "waiting": int(waiting),
            "taken": int(taken),
            "active": int(active),
        }:
            names = [name for name in tasks if isinstance(name, str)]
            return State(names[:MAX_TASKS], waiting, taken, active)
        case _:
            return None
