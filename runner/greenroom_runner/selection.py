"""Which engine a runner works with."""

from collections.abc import Callable
from contextlib import closing
from typing import Literal

from greenroom_runner.connection import EngineAwayError, connect
from greenroom_runner.docker_engine import DockerEngine, DockerSettings
from greenroom_runner.engine import Engine

EngineName = Literal["auto", "docker", "local"]
_GLANCE_SECONDS = 5


def engine_answers(url: str | None = None) -> bool:
    """Say whether a container engine answers now."""
    try:
        with closing(connect(url, _GLANCE_SECONDS)):
            return True
    except EngineAwayError:
        return False


def choose_engine(
    name: EngineName, settings: DockerSettings, local: Callable[[], Engine]
) -> Engine:
    """Return the engine of that name.

    `docker` insists: where no engine answers yet it is waited for. `auto` takes what `local` makes
    where none answers now; that is weaker, so only a single-user machine may ask for it.
    """
    if name == "local" or (name == "auto" and not engine_answers(settings.url)):
        return local()
    return DockerEngine(settings)
