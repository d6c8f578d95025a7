"""A short way between the agent and a container: a socket in a folder that is mounted into it.

The engine's attach stream passes two more processes, which costs a question and its observation
more than both cost themselves. So a sandbox is offered a socket as well, and the way on which it
says its first word is the one that is used: where the socket cannot be reached, as by another
runtime or from within a virtual machine, nothing is lost but time.

The folder is mounted read-only and cannot be listed. A socket in it has a name that nobody can
guess, is told to one sandbox alone, and is gone once somebody came.
"""

import contextlib
import os
import secrets
import select
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom_runner.channel import ChannelClosed, ChannelTimeout, FdChannel, Frame, socket_channel

_FOUND_BY_NAME = 0o711
"""Everybody may go through the folder, nobody else may look what is in it."""


class PlaceError(ValueError):
    """What was set is no place to meet; the message says what is one."""


@dataclass(frozen=True)
class Place:
    """`folder` as the agent sees it; `source` as the engine does: a path, or a volume's name."""

    folder: Path
    source: str

    @property
    def is_volume(self) -> bool:
        return not self.source.startswith("/")


def read_place(text: str) -> Place:
    """Read `SOURCE:FOLDER`, as in an engine's own way to write a mount. Raises PlaceError."""
    source, _, folder = text.partition(":")
    if not source or not folder.startswith("/"):
        raise PlaceError("It should be a volume's name or a path, a colon, and a folder's path.")
    return Place(Path(folder), source)


def make_place(owner: str) -> Place:
    """Make a folder of this process' own; those that earlier ones of `owner` left behind go."""
    prefix = f"greenroom-{owner}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if not _is_of_a_living(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
    folder.chmod(_FOUND_BY_NAME)
    return Place(folder, str(folder))


def _is_of_a_living(folder: Path) -> bool:
    process = folder.name.split("-")[-2]
    return process.isdigit() and Path("/proc", process).exists()


class Meeting:
    """One socket that waits for one sandbox."""

    def __init__(self, place: Place) -> None:
        """Raises OSError."""
        self.name = secrets.token_hex(16)
        self._path = place.folder / self.name
        self.listener = socket.socket(socket.AF_UNIX)
        try:
            self._bind(place.folder)
            self._path.chmod(0o666)  # a sandbox has a user of its own
            self.listener.listen(1)
        except OSError:
            self.close()
            raise

    def _bind(self, folder: Path) -> None:
        """Bind by the folder's descriptor: the path of a socket may have 107 bytes only."""
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.listener.bind(f"/proc/self/fd/{opened}/{self.name}")
        finally:
            os.close(opened)

    def accept(self) -> FdChannel:
        """Return the channel of the one who came. Raises ChannelClosed."""
        try:
            connection, _ = self.listener.accept()
        except OSError as problem:
            raise ChannelClosed("nobody is waited for any more") from problem
        return socket_channel(connection)

    def close(self) -> None:
        """Let nobody in any more. May be called twice."""
        self.listener.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


class EitherChannel:
    """The channel of a sandbox that chooses its way with its first frame."""

    def __init__(self, attached: FdChannel, meeting: Meeting) -> None:
        self._attached = attached
        self._meeting = meeting
        self._chosen: FdChannel | None = None

    def send(self, frame: Mapping[str, Any]) -> None:
        (self._chosen or self._attached).send(frame)

    def receive(self, deadline: float) -> Frame:
        if self._chosen is not None:
            return self._chosen.receive(deadline)
        while not self._somebody_came(deadline):
            with contextlib.suppress(ChannelTimeout):  # what the engine passed on was no frame yet
                frame = self._attached.receive(time.monotonic())
                self._choose(self._attached)
                return frame
        return self._choose(self._meeting.accept()).receive(deadline)

    def close(self) -> None:
        self._meeting.close()
        if self._chosen is not None:
            self._chosen.close()
        self._attached.close()

    def _choose(self, channel: FdChannel) -> FdChannel:
        self._chosen = channel
        self._meeting.close()
        return channel

    def _somebody_came(self, deadline: float) -> bool:
        """Wait for the sandbox on both ways, and say whether it took the short one. Raises
        ChannelTimeout.
        """
        poll = select.poll()
        poll.register(self._meeting.listener, select.POLLIN)
        poll.register(self._attached.reader, select.POLLIN)
        ready = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
        if not ready:
            raise ChannelTimeout("the sandbox said nothing in time")
        return self._meeting.listener.fileno() in ready
