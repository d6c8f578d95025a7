"""One way to reach the container engine, and one sentence for when it is away."""

import os
import socket

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

DEFAULT_URL = "unix:///var/run/docker.sock"
KNOCK_SECONDS = 5
ENGINE_ERRORS = (DockerException, RequestException, OSError)
"""Whatever the SDK raises when the engine is away, slow or refuses."""


class EngineAwayError(RuntimeError):
    """No container engine answers."""


def connect(url: str | None = None, timeout: int = 30) -> docker.DockerClient:
    """Return a client of the engine at `url`, else of the one that the environment names.

    `timeout` bounds, in seconds, every silence of the engine.
    """
    try:
        _knock(url or os.environ.get("DOCKER_HOST") or DEFAULT_URL)
        if url:
            return docker.DockerClient(base_url=url, timeout=timeout, version="auto")
        return docker.DockerClient.from_env(timeout=timeout, version="auto")
    except ENGINE_ERRORS as error:
        raise EngineAwayError(_sentence(url, error)) from error


def _knock(url: str) -> None:
    """Raise OSError where nobody listens: the SDK would leave a socket open behind its failure."""
    scheme, _, path = url.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(KNOCK_SECONDS)
            door.connect(path)


def _sentence(url: str | None, error: Exception) -> str:
    where = f" at {url}" if url else ""
    if "Permission denied" in str(error):
        return (
            f"The container engine{where} may not be used by this user. "
            "Add the user to the group docker and log in again."
        )
    return f"No container engine answers{where}. Start Docker, or set DOCKER_HOST to where it runs."


def reason(error: BaseException) -> str:
    """Return what the engine said, on one line, without the SDK's wrapping."""
    explanation = getattr(error, "explanation", None)
    text = str(explanation or error) or type(error).__name__
    return " ".join(text.split())[:500]
