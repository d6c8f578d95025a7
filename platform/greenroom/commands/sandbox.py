"""Where answers run on this machine: in containers, or as local processes."""

import hashlib
import os
from collections.abc import Callable

from greenroom.core.config import Settings
from greenroom.core.errors import ConfigurationError
from greenroom_runner.connection import EngineAwayError, connect
from greenroom_runner.docker_engine import DockerEngine, DockerSettings
from greenroom_runner.engine import Engine
from greenroom_runner.local import LocalEngine
from greenroom_runner.meeting import read_place
from greenroom_runner.status import Progress

LOOK_SECONDS = 5


def chosen(settings: Settings, say: Callable[[str], None]) -> str:
    """Return docker or local, told in one line. Raises ConfigurationError where neither may be.

    An engine that is insisted on may come later on a machine of one person: answers wait for it.
    """
    if settings.sandbox == "local":
        _allow_local(settings, "GREENROOM_SANDBOX is local.")
        say("Answers run as local processes. Run only code that you trust.")
        return "local"
    try:
        say(f"Answers run in containers ({engine_name()}).")
    except EngineAwayError as error:
        _allow_local(settings, str(error))
        if settings.sandbox == "docker":
            say(f"{error} Until then answers wait.")
            return "docker"
        say(f"{error} Until then answers run as local processes: run only code that you trust.")
        return "local"
    return "docker"


def engine_called(name: str, owner: str, settings: Settings) -> Engine:
    """Return the engine docker or local; containers carry the label of their owner."""
    if name == "docker":
        place = read_place(settings.sandbox_meeting) if settings.sandbox_meeting else None
        given = DockerSettings(owner=owner, place=place, runtime=settings.sandbox_runtime)
        return DockerEngine(given)
    return LocalEngine()


def engine_to_prove_on(
    settings: Settings, wanted: str | None, say: Callable[[str], None]
) -> Engine:
    """Return an engine for the bank's own answers, its image built. Raises EngineError."""
    name = wanted or chosen(settings, say)
    owner = hashlib.sha256(f"prove {settings.data_dir} {os.getpid()}".encode()).hexdigest()[:16]
    engine = engine_called(name, owner, settings)
    if isinstance(engine, DockerEngine):
        engine.prepare(Steps(say))
    return engine


class Steps:
    """Tells each step of a long task once, not each of its lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Tell by `say`."""
        self._say = say
        self._told = ""

    def __call__(self, progress: Progress) -> None:
        """Take a line."""
        if progress.step != self._told:
            self._told = progress.step
            self._say(f"{progress.step} ...")


def engine_name() -> str:
    """Return the container engine's name and version. Raises EngineAwayError."""
    client = connect(timeout=LOOK_SECONDS)
    try:
        version = client.version()
        return f"{version.get('Platform', {}).get('Name') or 'Docker'} {version['Version']}"
    finally:
        client.close()


def _allow_local(settings: Settings, reason: str) -> None:
    if settings.mode != "single-user" or not settings.is_loopback:
        raise ConfigurationError(
            f"{reason} In {settings.mode} mode answers run in containers only; on a machine of "
            "your own, GREENROOM_MODE=single-user does without."
        )
