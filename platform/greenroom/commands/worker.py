"""`greenroom worker`: judges what is handed in."""

import re
from pathlib import Path
from typing import Annotated

import typer

from greenroom import worker
from greenroom.commands.terminal import plain_faults
from greenroom.core import migrate
from greenroom.core.config import settings
from greenroom.core.db import engine, forget_engine
from greenroom.core.errors import ConfigurationError
from greenroom.core.pulse import Pulse
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.status import RunnerStatus
from greenroom_runner.wire import AddressError

app = typer.Typer(add_completion=False)
_STEP = re.compile(r"Step (\d+)/(\d+)")


@app.command("worker")
@plain_faults
def judge(
    alive: Annotated[
        Path | None, typer.Option(help="A file to touch while the worker takes work on.")
    ] = None,
) -> None:
    """Judge what is handed in, until Ctrl-C."""
    if alive:
        _require_writable(alive)
    migrate.require_current(engine())
    forget_engine()
    try:
        watch = Watch(settings().runner)
    except AddressError as error:
        raise ConfigurationError(str(error)) from None
    raise typer.Exit(worker.run(watch, alive))


def _require_writable(file: Path) -> None:
    try:
        file.touch()
    except OSError as error:
        raise ConfigurationError(
            f"--alive cannot touch {file}: {error.strerror}. Name a file in a folder that is there."
        ) from None


class Watch:
    """Asks the runner how it is. Remembers how far a build had come: not every line tells."""

    def __init__(self, url: str) -> None:
        """Ask the runner at `url`."""
        self._client = RunnerClient(url)
        self._percent = 0

    def __call__(self) -> Pulse:
        """Ask once."""
        try:
            return self._pulse(self._client.status())
        except RunnerUnavailableError as error:
            return Pulse("away", message=str(error))

    def _pulse(self, status: RunnerStatus) -> Pulse:
        return Pulse(status.state, status.engine, status.message, self._progress(status))

    def _progress(self, status: RunnerStatus) -> int | None:
        if status.state != "building" or status.progress is None:
            self._percent = 0
            return None
        step = _STEP.search(status.progress.detail)
        if step:
            self._percent = max(self._percent, 100 * int(step[1]) // int(step[2]))
        return self._percent
