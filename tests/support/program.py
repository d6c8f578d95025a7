"""The `greenroom` program within this process: its real commands, with the test's settings."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from greenroom.cli import app

Program = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, its results, and what it told the person."""

    status: int
    out: str
    told: str

    @property
    def everything(self) -> str:
        return self.out + self.told


@pytest.fixture
def program(own_settings: None) -> Program:
    """Run `program("users", "add", ..., given="a line of standard input")`."""

    def run(*arguments: str, given: str | bytes = "") -> Ended:
        result = CliRunner().invoke(app, arguments, input=given)
        # What a person would see as a traceback.
        assert isinstance(result.exception, SystemExit | None), result.exc_info
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run
