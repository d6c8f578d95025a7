"""The services of one sandbox, as the harness starts, resets and asks them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from greenroom_runner.harness import system
from greenroom_runner.harness.confining import Confinement
from greenroom_runner.harness.errors import plain_error
from greenroom_runner.harness.frames import BadFrame, Frame, pack
from greenroom_runner.harness.services import make
from greenroom_runner.harness.services.needs import together
from greenroom_runner.harness.services.protocol import Companion, Service, ServiceError
from greenroom_runner.harness.values import BadValue, decode, encode

ERROR = "service"
"""The kind of an error that a service is the cause of."""


class Services:
    """All services beside one answer; there may be none. They live in folders below `folder`."""

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self._services = make(names)
        self._started: list[Service] = []
        self._folder = folder
        self.pids = together(names).pids
        """How many tasks they may have, which the kernel may count as the answer's."""

    def start(self) -> None:
        """Start them, and tell this process and those it forks where they are. Raises
        ServiceError.
        """
        self._folder.chmod(0o711)  # a service of another user passes through to its own
        for name, service in self._services.items():
            folder = self._folder / name
            folder.mkdir()
            self._started.append(service)
            os.environ.update(service.start(folder))

    def keep(self) -> None:
        """Remember what loading the answer left in them. Raises ServiceError."""
        for service in self._services.values():
            service.keep()

    def accompany(self, answer: Confinement) -> None:
        """Have those that run code of the answer begin. Raises ServiceError."""
        for service in self._services.values():
            if isinstance(service, Companion):
                service.accompany(answer)

    def reset(self) -> None:
        """Put back what loading the answer left in them. Raises ServiceError."""
        for service in self._services.values():
            service.reset()

    def reply(self, op: Frame) -> bytes:
        """Return the reply to a grader's question as it travels."""
        try:
            value = self._asked(op["name"], op["what"], decode(op["args"]))
            return pack({"t": "reply", "n": op["n"], "value": encode(value)})
        except ServiceError as problem:
            message = str(problem)
        except (BadFrame, BadValue, RecursionError) as problem:
            message = f"What {op['name']} replied cannot be looked at: {problem}."
        error = plain_error(ERROR, "ServiceError", message)
        return pack({"t": "reply", "n": op["n"], "error": error})

    def stop(self) -> None:
        """End them, and leave nothing of theirs behind."""
        for service in reversed(self._started):
            service.stop()
        system.remove_tree(self._folder)

    def _asked(self, name: str, what: str, arguments: list[Any]) -> Any:
        service = self._services.get(name)
        if service is None:
            raise ServiceError(f"There is no service {name} beside this answer.")
        return service.ask(what, arguments)
