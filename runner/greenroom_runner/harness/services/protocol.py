"""What every service offers to the harness."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from greenroom_runner.harness.confining import Confinement


class ServiceError(Exception):
    """A service cannot start, or cannot answer a grader's question. The text is one sentence."""


class Service(Protocol):
    """One service beside the answer. It says of each process that it starts that it is to be spared
    (`system.spare`): what else runs below the harness ends with a check.
    """

    def start(self, folder: Path) -> dict[str, str]:
        """Start in an empty folder of its own, wait until it answers, and return the environment
        variables by which the answer finds it. Raises ServiceError.
        """

    def keep(self) -> None:
        """Remember the state that loading the answer left."""

    def reset(self) -> None:
        """Go back to the kept state: before every check of a question whose checks share
        nothing.
        """

    def ask(self, what: str, arguments: list[Any]) -> Any:
        """Answer a grader's question with plain values. Raises ServiceError with a sentence."""

    def stop(self) -> None:
        """End whatever runs, also where `start` failed."""


@runtime_checkable
class Companion(Protocol):
    """A service that runs code of the answer."""

    def accompany(self, answer: Confinement) -> None:
        """Begin to run it, now that the answer is loaded. Raises ServiceError where it cannot be
        run.
        """
