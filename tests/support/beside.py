"""Services as the harness runs them, on this machine, for tests of the services themselves."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

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


class Started:
    """A service that runs, with those that it relies on."""

    def __init__(self, services: dict[str, Service], environment: dict[str, str]) -> None:
        self.services = services
        self.environment = environment
        self.service = list(services.values())[-1]

    def ask(self, what: str, *arguments: Any) -> Any:
        return self.service.ask(what, list(arguments))

    def keep(self) -> None:
        for service in self.services.values():
            service.keep()

    def reset(self) -> None:
        for service in self.services.values():
            service.reset()


Start = Callable[[str], Started]
"""Starts a service by its name."""


@contextmanager
def started(name: str) -> Iterator[Started]:
    """A service that may rely on others. What it forks takes warnings as a sandbox does: for
    nothing.
    """
    services = make([name])
    environment: dict[str, str] = {}
    with ExitStack() as stopping:
        outer = stopping.enter_context(folder_for_services())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for each, service in services.items():
                (outer / each).mkdir()
                stopping.callback(service.stop)
                environment |= service.start(outer / each)
        yield Started(services, environment)
