"""Where answers run on this machine: in containers, or as local processes."""

from collections.abc import Callable

from greenroom.core.config import Settings
from greenroom.core.errors import ConfigurationError
from greenroom_runner.connection import EngineAwayError, connect

LOOK_SECONDS = 5


def chosen(settings: Settings, say: Callable[[str], None]) -> str:
    """Return docker or local, told in one line. Raises ConfigurationError where neither may be."""
    if settings.sandbox == "local":
        _allow_local(settings, "GREENROOM_SANDBOX is local")
        say("Answers run as local processes. Run only code that you trust.")
        return "local"
    try:
        say(f"Answers run in containers ({engine_name()}).")
    except EngineAwayError as error:
        if settings.sandbox == "docker":
            raise ConfigurationError(str(error)) from None
        _allow_local(settings, str(error).rstrip("."))
        say(f"{error} Until then answers run as local processes: run only code that you trust.")
        return "local"
    return "docker"


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
            f"{reason}, and in {settings.mode} mode answers run in containers only. "
            "Start a container engine, or set GREENROOM_MODE=single-user on your own machine."
        )
