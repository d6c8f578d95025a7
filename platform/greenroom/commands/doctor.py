"""`greenroom doctor`: what was found of what a site needs, and what to do about the rest."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import typer

from greenroom.commands.sandbox import engine_name
from greenroom.commands.terminal import out, plain_faults
from greenroom.core import data_folder, migrate, pulse
from greenroom.core.config import Settings, settings
from greenroom.core.db import engine
from greenroom.core.errors import ConfigurationError, GreenroomError
from greenroom.core.redis import client, require_answer
from greenroom.web import assets
from greenroom_runner import images, runtimes
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.connection import ENGINE_ERRORS, EngineAwayError, connect, reason
from greenroom_runner.local import has_bubblewrap
from greenroom_runner.runtimes import RuntimeMissingError
from greenroom_runner.status import RunnerStatus

app = typer.Typer(add_completion=False)
_MARKS = {"ok": "[green]ok[/green]  ", "note": "[yellow]note[/yellow]", "bad": "[red]bad[/red] "}


@dataclass(frozen=True)
class Finding:
    """One line. `bad` keeps the site from starting or judging, a note does not."""

    state: Literal["ok", "note", "bad"]
    part: str
    sentence: str


@app.command("doctor")
@plain_faults
def examine() -> None:
    """Look at everything that the site needs. Exit status 1 where it lacks something."""
    findings = [finding for look in _LOOKS for finding in _looked(look, settings())]
    for one in findings:
        out.print(f"{_MARKS[one.state]} {one.part:<18}", end="", highlight=False)
        out.print(one.sentence, highlight=False, markup=False)
    if any(one.state == "bad" for one in findings):
        raise typer.Exit(1)


Look = Callable[[Settings], Iterator[Finding]]


def _looked(look: Look, given: Settings) -> list[Finding]:
    """Return what `look` found; what it stumbles over is a finding too."""
    try:
        return list(look(given))
    except GreenroomError as error:
        return [Finding("bad", look.__name__.strip("_").replace("_", " "), str(error))]


def _data_folder(given: Settings) -> Iterator[Finding]:
    if not given.data_dir.exists():
        sentence = f"{given.data_dir} is not there yet; `greenroom serve` makes it."
        yield Finding("note", "data folder", sentence)
        return
    data_folder.prepare(given.data_dir)
    yield Finding("ok", "data folder", f"{given.data_dir} can be written.")


def _database(given: Settings) -> Iterator[Finding]:
    if not given.database_url and not (given.data_dir / "greenroom.db").exists():
        yield Finding(
            "note", "database", "None yet; `greenroom serve` makes it in the data folder."
        )
        return
    place = engine().url.render_as_string(hide_password=True)
    match migrate.state(engine()):
        case "current":
            yield Finding("ok", "database", f"{place} is current.")
        case "old":
            sentence = f"{place} is from an older version. Run `greenroom db upgrade`."
            yield Finding("note", "database", sentence)
        case "empty":
            yield Finding("note", "database", f"{place} is empty. `greenroom db upgrade` fills it.")


def _queue(given: Settings) -> Iterator[Finding]:
    try:
        require_answer()
        said = client().get(pulse.KEY)
    except ConfigurationError:
        if given.redis_url:
            raise
        yield Finding("note", "queue", "The embedded Valkey runs while `greenroom serve` does.")
        return
    yield Finding("ok", "queue", "Valkey or Redis answers.")
    if pulse.parse(said if isinstance(said, str | bytes) else None):
        yield Finding("ok", "worker", "A worker has given a sign of life.")
    else:
        yield Finding(
            "note", "worker", "No worker runs now. `greenroom serve` or `greenroom worker`."
        )


def _container_engine(given: Settings) -> Iterator[Finding]:
    if given.sandbox == "local":
        yield Finding("note", "container engine", "Not looked for: GREENROOM_SANDBOX is local.")
        return
    try:
        yield Finding("ok", "container engine", f"{engine_name()} answers.")
        yield _image()
        yield from _runtime(given)
    except EngineAwayError as error:
        may_do_without = given.sandbox == "auto" and given.mode == "single-user"
        yield Finding("note" if may_do_without else "bad", "container engine", str(error))
    except ENGINE_ERRORS as error:
        yield Finding("bad", "container engine", f"It failed: {reason(error)}")


def _image() -> Finding:
    with closing(connect()) as opened:
        found = images.find(opened)
    if found is None:
        sentence = "Not built yet. `greenroom serve` builds it, or `greenroom images build` now."
        return Finding("note", "sandbox image", sentence)
    return Finding("ok", "sandbox image", f"{found.name}, {found.megabytes} MB, on {found.base}.")


def _runtime(given: Settings) -> Iterator[Finding]:
    with closing(connect()) as opened:
        info = opened.info()
    default, known = str(info.get("DefaultRuntime", "")), runtimes.names(info)
    try:
        runtimes.require(given.sandbox_runtime, known)
    except RuntimeMissingError as error:
        yield Finding("bad", "sandbox runtime", str(error))
        return
    if given.sandbox_runtime:
        yield Finding("ok", "sandbox runtime", f"{given.sandbox_runtime}, as is set.")
        return
    told = [f"{default}, the engine's default.", *runtimes.advice(default, known)]
    yield Finding("ok", "sandbox runtime", " ".join(told))


def _runner_agent(given: Settings) -> Iterator[Finding]:
    try:
        status = RunnerClient(given.runner).status()
    except RunnerUnavailableError:
        yield Finding("note", "runner agent", "None runs now. `greenroom serve` starts one.")
        return
    if not status.ready:
        yield Finding("note", "runner agent", f"It is {status.state}: {status.message}")
        return
    yield Finding("ok", "runner agent", f"It judges on the engine {status.engine}.")
    yield _pool(status)


def _pool(status: RunnerStatus) -> Finding:
    memory = status.pool_memory
    kinds = [
        f"{count.warm} of {count.wanted} {kind}" + (" (starting)" if count.starting else "")
        for kind, count in status.pool.items()
    ]
    told = f"{memory.used_mib} of {memory.budget_mib} MiB: {', '.join(kinds) or 'none'} warm."
    if status.last_error:
        return Finding("note", "pool", f"{told} {status.last_error}")
    return Finding("ok", "pool", told)


def _process_sandbox(given: Settings) -> Iterator[Finding]:
    if given.mode != "single-user":
        return
    if has_bubblewrap():
        yield Finding(
            "ok", "process sandbox", "bubblewrap works; it is used where no engine answers."
        )
    elif shutil.which("bwrap"):
        sentence = (
            "bubblewrap is there but may not make namespaces; only process limits would hold."
        )
        yield Finding("note", "process sandbox", sentence)
    else:
        sentence = "bubblewrap is missing; without an engine only process limits would hold."
        yield Finding("note", "process sandbox", sentence)


def _pages(_given: Settings) -> Iterator[Finding]:
    assets.require_bundle()
    yield Finding("ok", "pages", "The front end is built.")


_LOOKS: tuple[Look, ...] = (
    _data_folder,
    _database,
    _queue,
    _container_engine,
    _runner_agent,
    _process_sandbox,
    _pages,
)
