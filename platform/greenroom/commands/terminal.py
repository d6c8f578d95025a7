"""What every command shares: where results and messages go, and faults as one sentence."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from greenroom.core.errors import GreenroomError

P = ParamSpec("P")
R = TypeVar("R")

out = Console(soft_wrap=True)
"""For results: standard output."""


def say(message: str) -> None:
    """Write one line for the person to standard error."""
    print(message, file=sys.stderr)  # noqa: T201 - the command line's own output


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong and end the command."""
    say(message)
    raise typer.Exit(status)


def plain_faults(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an expected fault into one sentence on standard error and exit status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except GreenroomError as error:
            fail(str(error))
        except OperationalError as error:
            fail(f"The database does not answer: {error.orig}")

    return run
