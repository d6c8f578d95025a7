"""Another side of the comparison: a fresh container a submission, in which pytest runs plainly.

It is the sandbox image with the walls of a candidate's container, since only that is a comparison.
The engine is asked directly, without the `docker` program and what that costs.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import docker

from greenroom.commands.benching.plain import passed_of
from greenroom.core.errors import GreenroomError
from greenroom_runner import images, seccomp
from greenroom_runner.connection import ENGINE_ERRORS, connect, reason
from greenroom_runner.docker_engine import MEBIBYTE
from greenroom_runner.limits import Limits

_INSIDE = "/checks"
_COMMAND = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", _INSIDE, _INSIDE]
_SECONDS = 120
_MOST_LINES = 50


class ColdContainer:
    """Runs the plain files of a question, each time in a container of its own."""

    def __init__(self, client: docker.DockerClient, image: str, folder: Path) -> None:
        self._client = client
        self._image = image
        self._folder = folder

    def run(self) -> tuple[float, int]:
        """Return the seconds from asking for the container until it is removed, and how many
        checks passed in it.
        """
        started = time.perf_counter()
        try:
            said, code = self._ran()
        except ENGINE_ERRORS as error:
            raise GreenroomError(f"A cold container did not run: {reason(error)}") from error
        return time.perf_counter() - started, passed_of(said, code)

    def _ran(self) -> tuple[str, int]:
        api = self._client.api
        created = api.create_container(
            self._image,
            _COMMAND,
            entrypoint=["/opt/venv/bin/python"],
            environment={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": _INSIDE},
            working_dir=_INSIDE,
            network_disabled=True,
            host_config=self._walls(),
        )
        try:
            api.start(created)
            code = int(api.wait(created, timeout=_SECONDS)["StatusCode"])
            return api.logs(created, tail=_MOST_LINES).decode(errors="replace"), code
        finally:
            api.remove_container(created, force=True)

    def _walls(self) -> Mapping[str, Any]:
        limits = Limits()
        memory = limits.memory_mib * MEBIBYTE
        walls: Mapping[str, Any] = self._client.api.create_host_config(
            binds={str(self._folder): {"bind": _INSIDE, "mode": "ro"}},
            network_mode="none",
            read_only=True,
            tmpfs={"/tmp": f"rw,nosuid,nodev,noexec,size={limits.disk_mib}m"},  # noqa: S108 - inside
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true", seccomp.security_option()],
            ipc_mode="private",
            mem_limit=memory,
            memswap_limit=memory,
            pids_limit=limits.pids,
            nano_cpus=1_000_000_000,
        )
        return walls


@contextmanager
def cold_container(folder: Path) -> Iterator[ColdContainer | None]:
    """Yield the side that runs the files in `folder`, None where there is no engine."""
    try:
        client = connect(timeout=_SECONDS)
    except ENGINE_ERRORS:
        yield None
        return
    with closing(client):
        image = images.find(client)
        yield ColdContainer(client, image.digest, folder) if image else None
