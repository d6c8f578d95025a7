"""Lines over a socket, between a caller and the agent: addresses, JSON in, JSON out."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from greenroom_runner.request import MAX_FILE_BYTES, MAX_FILES

# Sixteen full files and a grader, every character of them escaped, and room for the rest.
MAX_LINE = 6 * MAX_FILE_BYTES * (MAX_FILES + 1) + 64 * 1024
BEAT_SECONDS = 5
"""How often an agent that is at work sends an empty line, while it has nothing else to say."""
_LONGEST_PATH = 107
_CHUNK = 256 * 1024


class AddressError(ValueError):
    """The address of a runner cannot be used; the message says why."""


class LineError(Exception):
    """What arrived is not one line of JSON within the bounds."""


@dataclass(frozen=True)
class Address:
    """Where an agent listens: a unix socket, or a host and port for a private network."""

    path: str = ""
    host: str = ""
    port: int = 0

    def connect(self, seconds: float) -> socket.socket:
        """Return a connection. Raises OSError."""
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(self.path)
        except OSError:
            connection.close()
            raise
        return connection

    def listen(self) -> socket.socket:
        """Return a listening socket. Only this user may use a unix socket. Raises OSError."""
        if not self.path:
            return socket.create_server((self.host, self.port), backlog=64)
        listener = socket.socket(socket.AF_UNIX)
        try:
            previous = os.umask(0o177)
            try:
                listener.bind(self.path)
            finally:
                os.umask(previous)
            listener.listen(64)
        except OSError:
            listener.close()
            raise
        return listener


def parse_address(url: str) -> Address:
    """Read `unix:///path/to/socket` or `tcp://host:port`. Raises AddressError."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        if len(os.fsencode(parts.path)) > _LONGEST_PATH:
            raise AddressError(
                f"The socket path {parts.path} is longer than {_LONGEST_PATH} bytes. "
                "Use a shorter folder."
            )
        return Address(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.port:
        return Address(host=parts.hostname, port=parts.port)
    raise AddressError(
        f"{url} is no runner address. Write unix:///path/to/socket or tcp://host:port."
    )


def encode(message: Mapping[str, Any]) -> bytes:
    """Return the message as one line."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


class LineReader:
    """Cuts what a socket says into lines of at most `MAX_LINE` bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._seen = 0

    def next(self) -> bytes | None:
        """Return the next line, None at the end. Raises LineError, TimeoutError, OSError."""
        while (end := self._buffer.find(b"\n", self._seen)) < 0:
            self._seen = len(self._buffer)
            if self._seen > MAX_LINE:
                raise LineError("The line is too long.")
            data = self._connection.recv(_CHUNK)
            if not data:
                return None
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._seen = 0
        return line
