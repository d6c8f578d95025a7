"""Services written in Python: programs in processes of their own, forked from the harness and asked
over a pair of sockets.

Whatever an answer sends to one is hostile, and in a container both are the same user. So its
process cannot be read or traced, holds nothing of the harness, is bounded, and ends with it.
"""

import contextlib
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from greenroom_runner.harness import system
from greenroom_runner.harness.frames import BadFrame, Frame
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.inside.serving import serve
from greenroom_runner.harness.services.programs import identity
from greenroom_runner.harness.services.protocol import ServiceError
from greenroom_runner.harness.values import decode, encode

HOST = "127.0.0.1"
MEMORY = 256 * 1024 * 1024
"""Bytes that a program may take for itself, stacks of threads included."""
_BACKLOG = 128


class Ended(ServiceError):
    """The process is gone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The {name} service ended: it was sent more than it can take.")


class Process:
    """A process that runs `live` with its end of the pair, and the harness' end of it."""

    def __init__(self, name: str, live: Callable[[Port], None], *keep: int) -> None:
        self._name = name
        here, there = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            _begin(live, there.detach(), *keep)
        there.close()
        system.spare(self.pid)
        self._socket, self._port = here, Port(here.fileno(), here.fileno())

    def exchange(self, frame: Frame) -> Any:
        """Make a request and return the value in its answer. Raises ServiceError."""
        try:
            self._port.send(frame)
        except BadFrame:
            raise ServiceError(f"The {self._name} service was given too much.") from None
        except OSError:
            raise Ended(self._name) from None
        return self.receive()

    def receive(self) -> Any:
        """Return the value in the next answer. Raises ServiceError."""
        frame = None
        with contextlib.suppress(OSError):
            frame = self._port.receive()
        if frame is None:
            raise Ended(self._name)
        if frame["t"] == "refused":
            raise ServiceError(frame["message"])
        return decode(frame["value"])

    def ask(self, what: str, arguments: list[Any]) -> Any:
        return self.exchange({"t": "ask", "what": what, "arguments": encode(arguments)})

    def end(self) -> None:
        self._socket.close()
        system.kill_and_reap(self.pid)
        system.spare_no_longer(self.pid)


class ProcessService:
    """A service whose program is the class of its name in the module of its name in `inside`.

    A process that the answer has brought down is replaced at the next reset, on the same port. It
    begins with nothing, whatever was kept.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self._process: Process | None = None
        self._listening: socket.socket

    def start(self, folder: Path) -> dict[str, str]:
        del folder
        self._listening = socket.create_server((HOST, 0), backlog=_BACKLOG)
        return self._begin()

    def keep(self) -> None:
        self._running.exchange({"t": "keep"})

    def reset(self) -> None:
        try:
            self._running.exchange({"t": "reset"})
        except Ended:
            self._running.end()
            self._begin()

    def ask(self, what: str, arguments: list[Any]) -> Any:
        return self._running.ask(what, arguments)

    def stop(self) -> None:
        if self._process is not None:
            self._listening.close()
            self._process.end()

    @property
    def _running(self) -> Process:
        assert self._process is not None, "the service was not started"
        return self._process

    def _begin(self) -> dict[str, str]:
        def live(port: Port) -> None:
            _be_nobody()
            serve(self.name, port, self._listening)

        self._process = Process(self.name, live, self._listening.fileno())
        environment: dict[str, str] = self._process.receive()
        return environment


def _begin(live: Callable[[Port], None], channel: int, *keep: int) -> NoReturn:
    """Hold nothing of the harness but the descriptors to `keep`, and live. What libraries print is
    for nobody.
    """
    status = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        system.close_all_but(channel, *keep)
        system.die_with_parent()
        system.set_dumpable(False)
        live(Port(channel, channel))
        status = 0
    finally:
        os._exit(status)


def _be_nobody() -> None:
    """Be who services are where the harness is root, and bounded in any case."""
    who = identity()
    if who and system.may_become(who["user"]):
        system.become(who["user"])
        system.die_with_parent()
        system.set_dumpable(False)
    system.limit(resource.RLIMIT_DATA, system.data_bytes() + MEMORY)
    system.limit(resource.RLIMIT_CORE, 0)
