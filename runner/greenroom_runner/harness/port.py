"""A blocking port for frames, for the inside of a sandbox.

It reads exactly one frame's bytes and never ahead: a process that forks between two frames leaves
the second one in the descriptor for whoever reads next.
"""

import os
import socket
from collections.abc import Mapping
from typing import Any

from greenroom_runner.harness.frames import HEADER, MAX_FRAME, BadFrame, Frame, pack, parse


class Port:
    """One frame in, one frame out."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, frame: Mapping[str, Any]) -> None:
        self.send_packed(pack(frame))

    def send_packed(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self.writer, left) :]

    def receive(self) -> Frame | None:
        """Return the next frame, None at the end of input. Raises BadFrame."""
        header = self._exactly(HEADER)
        if header is None:
            return None
        length = int.from_bytes(header, "big")
        if length > MAX_FRAME:
            raise BadFrame("the frame is too long")
        payload = self._exactly(length)
        return None if payload is None else parse(payload)

    def _exactly(self, length: int) -> bytes | None:
        found = bytearray()
        while len(found) < length:
            data = os.read(self.reader, min(length - len(found), 1 << 20))
            if not data:
                return None
            found += data
        return bytes(found)


CHANNEL = "GREENROOM_CHANNEL"
"""The variable that names a socket of the agent's, where there is one."""


def take_channel() -> Port:
    """Take the channel: the socket that the environment names, else standard input and output. In
    their place harmless ones are left behind for everybody else.
    """
    connected = _connected(os.environ.pop(CHANNEL, ""))
    reader, writer = connected or (os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    if connected:  # nobody reads the errors then, and who writes many would wait for ever
        os.dup2(nothing, 2)
    os.dup2(2, 1)
    os.close(nothing)
    return Port(reader, writer)


def _connected(path: str) -> tuple[int, int] | None:
    """Return the socket at `path`, to read from and to write to, None where nobody is there."""
    if not path:
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    descriptor = connection.detach()
    return descriptor, descriptor
