"""One caller's connection, seen from the agent: events go out, and its leaving is noticed.

A caller that left is a judgement to give up. While nothing happens an empty line goes out every few
seconds, so that a caller can tell an agent at work from one that hangs.
"""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from greenroom_runner.wire import BEAT_SECONDS, encode

_PATIENCE = 10
_GONE = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Caller:
    """Writes lines to a caller. Nothing here raises when the caller is gone; `gone` says so."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.gone = threading.Event()
        connection.settimeout(_PATIENCE)

    def emit(self, event: BaseModel) -> None:
        """Send an event or a status."""
        self._write(event.model_dump_json().encode() + b"\n")

    def refuse(self, kind: str, message: str) -> None:
        """Say that no judgement took place, and why."""
        self.tell({"refused": kind, "message": message})

    def tell(self, message: Mapping[str, Any]) -> None:
        self._write(encode(message))

    def leave(self) -> None:
        """End the connection, from any thread."""
        self.gone.set()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Notice meanwhile when the caller leaves, and keep the line alive."""
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,), name="caller", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)
            watcher.join()

    def _watch(self, over: threading.Event) -> None:
        poll = select.poll()
        poll.register(self._connection, _GONE)
        while not poll.poll(BEAT_SECONDS * 1000):
            self._write(b"\n")
        if not over.is_set():  # a caller has nothing to say after its request: this is its end
            self.gone.set()

    def _write(self, line: bytes) -> None:
        if self.gone.is_set():
            return
        try:
            with self._lock:
                self._connection.sendall(line)
        except OSError:
            self.gone.set()
