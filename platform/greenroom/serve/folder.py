"""The data folder while a site runs on it: one site at a time, and folders for sockets and logs."""

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from greenroom.core import data_folder
from greenroom.core.config import Settings
from greenroom.core.errors import ConfigurationError

_LEFTOVER_SECONDS = 3.0
_GLANCE_SECONDS = 0.05


@contextmanager
def taken(settings: Settings) -> Iterator[int]:
    """Make the folders, hold the data folder for this process, and yield the lock's descriptor.

    The lock holds as long as a process has the descriptor open: hand it to the embedded Valkey too.
    """
    folder = data_folder.prepare(settings.data_dir)
    lock = _take(folder / "serve.lock", settings)
    try:
        _private(settings.run_dir)
        _make(logs_of(settings))
        yield lock
    finally:
        if not settings.run_dir.is_relative_to(folder):
            with suppress(OSError):  # somebody left something there
                settings.run_dir.rmdir()
        os.close(lock)


def logs_of(settings: Settings) -> Path:
    """Return the folder of the logs."""
    return settings.data_dir / "logs"


def _take(path: Path, settings: Settings) -> int:
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    while not _locked(lock):
        holder = _holder(lock)
        # What a killed site started ends within moments of it, and holds the lock until then.
        if _alive(holder.get("process", 0)) or time.monotonic() > deadline:
            os.close(lock)
            raise ConfigurationError(
                f"Greenroom already runs on the data folder {settings.data_dir}, "
                f"at {holder.get('url', 'an unknown address')}. "
                "Use that one, stop it, or set GREENROOM_DATA_DIR to another folder."
            )
        time.sleep(_GLANCE_SECONDS)
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps({"process": os.getpid(), "url": settings.url}).encode(), 0)
    return lock


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: int) -> dict[str, object]:
    try:
        holder = json.loads(os.pread(lock, 4096, 0))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _alive(process: object) -> bool:
    if not isinstance(process, int) or process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _private(folder: Path) -> None:
    """Make the folder of the sockets, and see that it is nobody else's: it may be below /tmp."""
    _make(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ConfigurationError(
            f"{folder} belongs to somebody else. Remove it, or set GREENROOM_DATA_DIR to a folder "
            "with a shorter path."
        )
    folder.chmod(0o700)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(folder, error) from None


def _unusable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be used: {error.strerror}. Move it away, or set GREENROOM_DATA_DIR to "
        "another folder."
    )
