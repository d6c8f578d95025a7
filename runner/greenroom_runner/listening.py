"""Taking an agent's address: a stale socket is replaced, one that answers is left alone."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from greenroom_runner.wire import Address, parse_address

_ANSWER_SECONDS = 2


class AddressTakenError(OSError):
    """The agent cannot listen at its address; the message says why."""


@contextlib.contextmanager
def listening(url: str) -> Iterator[socket.socket]:
    """Listen at `url`; nothing is left there afterwards. Raises AddressTakenError, AddressError."""
    address = parse_address(url)
    try:
        listener = _take_path(url, address) if address.path else address.listen()
    except AddressTakenError:
        raise
    except OSError as error:
        raise AddressTakenError(
            f"The runner cannot listen at {url}: {error.strerror or error}."
        ) from error
    made = _identity(address.path)
    try:
        yield listener
    finally:
        listener.close()
        if made and _identity(address.path) == made:
            Path(address.path).unlink(missing_ok=True)


def _take_path(url: str, address: Address) -> socket.socket:
    folder = Path(address.path).parent
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Two agents that start at once must not each remove the other's fresh socket.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _answers(address):
            raise AddressTakenError(
                f"Another runner answers at {url} already. Stop it, or use another address."
            )
        Path(address.path).unlink(missing_ok=True)
        return address.listen()
    finally:
        os.close(descriptor)


def _answers(address: Address) -> bool:
    try:
        address.connect(_ANSWER_SECONDS).close()
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except OSError:  # it is there and too busy to answer, or not ours to judge
        return True
    return True


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
