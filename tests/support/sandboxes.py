"""A container engine for a test, whose containers are all gone when the test ends."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import docker

from greenroom_runner.connection import connect
from greenroom_runner.docker_engine import (
    FIRST_USER,
    LAST_USER,
    OWNER,
    DockerEngine,
    DockerSettings,
)
from greenroom_runner.status import Progress

PATIENCE = 20.0
_ID = re.compile("[0-9a-f]{64}")


def silent(progress: Progress) -> None:
    """Listen to a build without a word."""


def new_owner() -> str:
    """Return an installation's name that no other test has."""
    return f"test-{uuid4().hex}"


@contextmanager
def docker_engine(owner: str) -> Iterator[DockerEngine]:
    """A prepared engine; afterwards no container of this owner may be left."""
    with closing(DockerEngine(DockerSettings(owner=owner))) as engine:
        engine.prepare(silent)
        with no_container_left(owner):
            yield engine


@contextmanager
def no_container_left(owner: str) -> Iterator[None]:
    """Check at the end that every container of `owner` is gone, and remove what is not."""
    with closing(connect()) as client:
        try:
            yield
            eventually(lambda: not containers_of(client, owner), "containers were left behind")
        finally:
            for name in containers_of(client, owner):
                with suppress(docker.errors.NotFound):  # it has just gone by itself
                    client.api.remove_container(name, force=True)


def containers_of(client: docker.DockerClient, owner: str) -> list[str]:
    """Return the ids of all containers of `owner`, whatever their state."""
    return [found["Id"] for found in client.api.containers(all=True, filters=_label(owner))]


def stray_processes() -> list[int]:
    """Return the processes of sandboxes whose container is gone, whoever started them."""
    found = dict(_sandboxed())
    with closing(connect()) as client:
        there = {container["Id"] for container in client.api.containers(all=True)}
    return [process for process, container in found.items() if container not in there]


def _sandboxed() -> Iterator[tuple[int, str]]:
    """Yield each process of a sandbox' user with its container."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            groups = (process / "cgroup").read_text(encoding="utf-8")
            ours = FIRST_USER <= process.stat().st_uid <= LAST_USER
            if ours and (container := _ID.search(groups)):
                yield int(process.name), container.group()


def _label(owner: str) -> dict[str, str]:
    return {"label": f"{OWNER}={owner}"}


def eventually(condition: Callable[[], object], failure: str, seconds: float = PATIENCE) -> None:
    """Wait until the condition holds, and fail with a sentence when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, failure
        time.sleep(0.02)
