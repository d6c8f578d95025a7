"""Services as the harness runs them, on this machine, for tests of the services themselves."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greenroom_runner.harness.services import make
from greenroom_runner.harness.services.protocol import Service


@contextmanager
def folder_for_services() -> Iterator[Path]:
    """A folder with a short name, because sockets lie in it, that other users may pass through."""
    with tempfile.TemporaryDirectory(prefix="greenroom-test-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def running(name: str) -> Iterator[tuple[Service, dict[str, str]]]:
    """A service that runs, and the environment by which an answer finds it."""
    service = make([name])[name]
    with folder_for_services() as outer:
        folder = outer / name
        folder.mkdir()
        try:
            yield service, service.start(folder)
        finally:
            service.stop()
