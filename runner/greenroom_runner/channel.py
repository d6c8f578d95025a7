"""The host's end of a sandbox's channel: send a frame, receive a frame before a deadline, close.

Nothing here blocks for ever. A sandbox that stops reading makes `send` fail after `WRITE_SECONDS`;
a sandbox that floods us is read only as far as two frames. Deadlines are `time.monotonic()` values.
"""

import contextlib
import os
import select
import socket
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from greenroom_runner.harness.frames import MAX_FRAME, BadFrame, Frame, Splitter, pack, parse

WRITE_SECONDS = 10.0
_CHUNK = 256 * 1024
_READ_AHEAD = 2 * MAX_FRAME

__all__ = [
    "BadFrame",
    "Channel",
    "ChannelClosed",
    "ChannelTimeout",
    "FdChannel",
    "Frame",
    "socket_channel",
]


class ChannelClosed(Exception):
    """The other side is gone, or no longer reads."""


class ChannelTimeout(Exception):
    """Nothing whole arrived before the deadline."""


class Channel(Protocol):
    """One sandbox's frames, in both directions."""

    def send(self, frame: Mapping[str, Any]) -> None:
        """Write one frame. Raises ChannelClosed."""

    def receive(self, deadline: float) -> Frame:
        """Return the next frame. Raises ChannelClosed, ChannelTimeout, BadFrame."""

    def close(self) -> None:
        """Let go of the channel. May be called twice."""


class FdChannel:
    """A channel over two file descriptors, which may be one and the same socket.

    `unwrap` takes what was read and returns the bytes of the stream: a place for the multiplexing
    of an engine's attach. `closer` lets go of whatever owns the descriptors; without it they are
    closed here.
    """

    def __init__(
        self,
        reader: int,
        writer: int,
        *,
        unwrap: Callable[[bytes], bytes] | None = None,
        closer: Callable[[], None] | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._unwrap = unwrap
        self._closer = closer or self._close_descriptors
        self._splitter = Splitter()
        self._ended = False
        self._closed = False
        for descriptor in {reader, writer}:
            os.set_blocking(descriptor, False)

    @property
    def reader(self) -> int:
        """The descriptor to wait on."""
        return self._reader

    def send(self, frame: Mapping[str, Any]) -> None:
        if self._closed:
            raise ChannelClosed("the channel is closed")
        left = memoryview(pack(frame))
        deadline = time.monotonic() + WRITE_SECONDS
        while left:
            try:
                left = left[os.write(self._writer, left) :]
            except BlockingIOError:
                self._wait_to_write(deadline)
            except OSError as problem:
                raise ChannelClosed("the sandbox no longer reads") from problem

    def receive(self, deadline: float) -> Frame:
        while (payload := self._splitter.take()) is None:
            if self._ended or self._closed:
                raise ChannelClosed("the sandbox is gone")
            if not self._wait(select.POLLIN, 0, deadline):
                raise ChannelTimeout("the sandbox said nothing in time")
            self._read()
        return parse(payload)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._closer()

    def _close_descriptors(self) -> None:
        for descriptor in {self._reader, self._writer}:
            os.close(descriptor)

    def _wait_to_write(self, deadline: float) -> None:
        """Wait until there is room, and read on meanwhile: the other side may be waiting for us
        to do so.
        """
        reading = select.POLLIN if not self._ended and len(self._splitter) < _READ_AHEAD else 0
        ready = self._wait(reading, select.POLLOUT, deadline)
        if not ready:
            raise ChannelClosed("the sandbox does not read")
        if reading and ready.get(self._reader, 0) & (select.POLLIN | select.POLLHUP):
            self._read()

    def _wait(self, reading: int, writing: int, deadline: float) -> dict[int, int]:
        wanted = {self._reader: reading}
        wanted[self._writer] = wanted.get(self._writer, 0) | writing
        poll = select.poll()
        for descriptor, events in wanted.items():
            if events:
                poll.register(descriptor, events)
        return dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))

    def _read(self) -> None:
        try:
            data = os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._ended = True
            return
        self._splitter.feed(self._unwrap(data) if self._unwrap else data)


def socket_channel(
    connection: socket.socket, unwrap: Callable[[bytes], bytes] | None = None
) -> FdChannel:
    """Return the channel over a connected socket, which is the channel's from now on."""
    descriptor = connection.fileno()
    channel = FdChannel(descriptor, descriptor, unwrap=unwrap, closer=lambda: _end(connection))
    # The descriptor is given back only when nobody holds the channel: another thread may be
    # waiting on it, and must never wake up on the next sandbox's stream under the same number.
    weakref.finalize(channel, connection.close)
    return channel


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
