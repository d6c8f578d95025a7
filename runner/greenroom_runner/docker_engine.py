"""Sandboxes as containers of a Docker Engine, driven by its API alone.

Every container is made the same hard way: no network, read-only root, a small tmpfs, no capability,
no new privileges, the allow list of `seccomp.py`, private IPC, bounded memory without swap,
processes, CPU and descriptors, no log. Its first process ends when its input does, and the engine
then removes it.
"""

import contextlib
import json
import logging
import secrets
import shutil
import threading
import time
import uuid
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import docker
import requests
from docker.types import LogConfig, Mount, Ulimit

from greenroom_runner import images, runtimes, seccomp
from greenroom_runner.attach import attach
from greenroom_runner.base import ImageError, Report
from greenroom_runner.channel import Channel
from greenroom_runner.connection import ENGINE_ERRORS, EngineAwayError, connect, reason
from greenroom_runner.engine import EngineError, Sandbox, Stopped
from greenroom_runner.harness.port import CHANNEL
from greenroom_runner.harness.services.needs import NOTHING, Needs, together
from greenroom_runner.limits import Limits
from greenroom_runner.meeting import EitherChannel, Meeting, Place, make_place
from greenroom_runner.request import Beside, Profile
from greenroom_runner.runtimes import RuntimeMissingError

log = logging.getLogger(__name__)

OWNER, ROLE, RUN = "greenroom.owner", "greenroom.role", "greenroom.run"
GROUP = 10001
FIRST_USER, LAST_USER = 20_000, 60_000
MEBIBYTE = 1024 * 1024
CONTROL_SECONDS = 20
INSPECT_SECONDS = 2
LAST_WORDS_SECONDS = 0.2
"""How long the engine may take to tell that memory ran out, once a container has ended."""
REMOVE_SECONDS = 10
_TEMPORARY, _SHARED_MEMORY = "/tmp", "/dev/shm"  # noqa: S108 - inside the sandbox
MEETING = "/run/greenroom"  # inside the sandbox too
_SEALED = "rw,nosuid,nodev,noexec,mode=1777"


@dataclass(frozen=True)
class DockerSettings:
    """`owner` names the installation: only containers with its label are ever swept."""

    owner: str
    url: str | None = None
    base: str | None = None
    place: Place | None = None
    """Where sandboxes and agent meet. None: in a folder of the agent's own, where the engine finds
    it.
    """
    runtime: str = ""
    """One that the engine knows (`runtimes.py`). Empty: its default."""
    cpus: float = 1.0
    limits: Limits = field(default_factory=Limits)
    judge_memory_mib: int = 512
    """A judge holds the grader's libraries and one forked process a judgement."""


class DockerEngine:
    """Starts and ends sandboxes through the engine's API, once `prepare` has found the image."""

    name = "docker"

    def __init__(self, settings: DockerSettings) -> None:
        self._settings = settings
        self._run = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._known_client: docker.DockerClient | None = None
        self._image: images.SandboxImage | None = None
        self._place: Place | None = None

    def prepare(self, report: Report) -> None:
        """Find the sandbox image or build it. Raises EngineError with what to do."""
        settings = self._settings
        try:
            with _engine_errors("The engine does not say which runtimes it knows"):
                runtimes.require(settings.runtime, runtimes.names(self._client().info()))
            self._image = images.build(report, base=settings.base, url=settings.url)
        except (EngineAwayError, ImageError, RuntimeMissingError) as error:
            raise EngineError(str(error)) from error
        if self._place is None:
            self._place = self._place_to_meet()

    def start_candidate(self, profile: Profile, services: Sequence[Beside] = ()) -> "DockerSandbox":
        command = ["candidate", profile, *services]
        beside = together(services)
        sandbox = self._start("candidate", command, self._settings.limits.memory_mib, beside)
        sandbox.beside = beside
        return sandbox

    def start_judge(self, tenant: str) -> "DockerSandbox":
        del (
            tenant
        )  # who a judge belongs to is the caller's to keep; the engine's listings need not know
        return self._start("judge", ["judge"], self._settings.judge_memory_mib)

    def apply_limits(self, sandbox: Sandbox, limits: Limits) -> None:
        given = self._settings.limits
        if limits.disk_mib > given.disk_mib:
            raise EngineError(
                f"The question asks for {limits.disk_mib} MiB of disk, "
                f"and this runner gives {given.disk_mib}."
            )
        if (limits.memory_mib, limits.pids) == (given.memory_mib, given.pids):
            return
        assert isinstance(sandbox, DockerSandbox)
        memory = (limits.memory_mib + sandbox.beside.memory_mib) * MEBIBYTE
        pids = limits.pids + sandbox.beside.pids
        body = {"Memory": memory, "MemorySwap": memory, "PidsLimit": pids}
        with _engine_errors("The limits of a sandbox cannot be set"):
            self._update(sandbox.id, body)

    def image_digest(self) -> str:
        return self._image.digest if self._image else ""

    def sweep(self) -> int:
        """Remove containers of this installation that an earlier agent left behind."""
        with _engine_errors("Containers left behind cannot be listed"):
            found = self._client().containers.list(
                all=True, filters={"label": f"{OWNER}={self._settings.owner}"}, ignore_removed=True
            )
            stale = [one for one in found if one.labels.get(RUN) != self._run]
            for container in stale:
                remove(self._client(), str(container.id))
        return len(stale)

    def healthy(self) -> bool:
        """Say whether the image is there as it was found: not removed, and not built anew."""
        try:
            found = self._image and self._client().images.get(self._image.name)
            return bool(self._image and found and found.id == self._image.digest)
        except (EngineError, *ENGINE_ERRORS):
            return False

    def close(self) -> None:
        """Let go of the connections to the engine. Containers are not touched."""
        with self._lock:
            if self._known_client is not None:
                self._known_client.close()
                self._known_client = None

    def _place_to_meet(self) -> Place | None:
        """Return where containers and this process meet, None where the engine cannot mount it."""
        made = self._settings.place or self._own_place()
        client, image = self._client(), self.image_digest()
        try:
            Meeting(made).close()
            config = client.api.create_host_config(network_mode="none", mounts=[_mount(made)])
            tried = client.api.create_container(image, host_config=config, labels=self._labels(""))
            remove(client, str(tried["Id"]))
        except ENGINE_ERRORS as error:
            log.info("containers are reached through the engine alone: %s", reason(error))
            return None
        return made

    def _own_place(self) -> Place:
        made = make_place(self._settings.owner)
        weakref.finalize(self, shutil.rmtree, made.folder, ignore_errors=True)
        return made

    def _client(self) -> docker.DockerClient:
        with self._lock:
            if self._known_client is None:
                try:
                    self._known_client = connect(self._settings.url, CONTROL_SECONDS)
                except EngineAwayError as error:
                    raise EngineError(str(error)) from error
            return self._known_client

    def _start(
        self, role: str, command: list[str], memory_mib: int, beside: Needs = NOTHING
    ) -> "DockerSandbox":
        image = self.image_digest()
        if not image:
            raise EngineError("The sandbox image is not built yet.")
        client = self._client()
        with _engine_errors("A sandbox cannot be started"):
            meeting = Meeting(self._place) if self._place else None
            try:
                created = client.api.create_container(
                    image,
                    command,
                    user=_own_user(),
                    stdin_open=True,
                    stop_signal="SIGKILL",  # nothing in it has anything to put in order
                    hostname="sandbox",
                    environment={CHANNEL: f"{MEETING}/{meeting.name}"} if meeting else {},
                    network_disabled=True,
                    labels=self._labels(role),
                    host_config=self._host_config(client, memory_mib, beside),
                )
                return self._attach_and_start(client, str(created["Id"]), image, meeting)
            except BaseException:
                if meeting:
                    meeting.close()
                raise

    def _attach_and_start(
        self, client: docker.DockerClient, container: str, image: str, meeting: Meeting | None
    ) -> "DockerSandbox":
        try:
            attached = attach(client, container)
            channel = EitherChannel(attached, meeting) if meeting else attached
            sandbox = DockerSandbox(client, container, image, channel)
        except BaseException:
            remove(client, container)
            raise
        try:
            client.api.start(container)
        except BaseException:
            sandbox.stop()
            raise
        return sandbox

    def _labels(self, role: str) -> dict[str, str]:
        return {OWNER: self._settings.owner, ROLE: role, RUN: self._run}

    def _host_config(
        self, client: docker.DockerClient, memory_mib: int, beside: Needs
    ) -> dict[str, Any]:
        limits = self._settings.limits
        memory = (memory_mib + beside.memory_mib) * MEBIBYTE
        disk_mib = limits.disk_mib + beside.disk_mib
        config: dict[str, Any] = client.api.create_host_config(
            runtime=self._settings.runtime or None,
            network_mode="none",
            read_only=True,
            mounts=[_mount(self._place)] if self._place else [],
            tmpfs={
                _TEMPORARY: f"{_SEALED},size={disk_mib}m,nr_inodes=4096",
                _SHARED_MEMORY: f"{_SEALED},size=8m,nr_inodes=256",
            },
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true", seccomp.security_option(beside.shared_memory)],
            ipc_mode="private",
            mem_limit=memory,
            memswap_limit=memory,
            pids_limit=limits.pids + beside.pids,
            nano_cpus=round(self._settings.cpus * 1e9),
            ulimits=[
                Ulimit(name="nofile", soft=256, hard=256),
                Ulimit(name="core", soft=0, hard=0),
            ],
            log_config=LogConfig(type="none"),
            init=False,  # the harness itself must be the first process, which no other can signal
            auto_remove=True,
        )
        return config

    def _update(self, container: str, body: dict[str, int]) -> None:
        # The SDK's own update call does not know the process limit.
        api = self._client().api
        path = f"{api.base_url}/v{api.api_version}/containers/{container}/update"
        answer = api.post(path, json=body, timeout=CONTROL_SECONDS)
        if answer.status_code != HTTPStatus.OK:
            raise EngineError(f"The limits of a sandbox cannot be set: {answer.text[:300]}")


class DockerSandbox:
    """One running container and its channel."""

    def __init__(
        self,
        client: docker.DockerClient,
        container: str,
        image: str,
        channel: Channel,
    ) -> None:
        self.id = container
        self.image = image
        self.channel = channel
        self.beside = NOTHING
        """What its services need beyond its answer's limits."""
        self._client = client
        self._lock = threading.Lock()
        self._end: Stopped | None = None

    @property
    def stopped(self) -> bool:
        return self._end is not None

    def stop(self) -> Stopped:
        with self._lock:
            if self._end is None:
                end = self._look()
                self.channel.close()
                remove(self._client, self.id)
                self._end = end
            return self._end

    def _look(self) -> Stopped:
        """Ask how it is doing while it is still there: without its channel it goes away."""
        try:
            state = self._get(f"containers/{self.id}/json").json().get("State", {})
            if state.get("Running"):
                return Stopped(oom=bool(state.get("OOMKilled")))
            return self._obituary()
        except (*ENGINE_ERRORS, ValueError):
            return Stopped()

    def _obituary(self) -> Stopped:
        """Read how a container ended that the engine has removed already: it recalls its events."""
        filters = json.dumps({"container": [self.id], "event": ["oom", "die"]})
        until = f"{time.time() + LAST_WORDS_SECONDS:.3f}"
        answer = self._get("events", since="1", until=until, filters=filters)
        events = [json.loads(line) for line in answer.text.splitlines() if line.strip()]
        codes = [event["Actor"]["Attributes"].get("exitCode") for event in events]
        return Stopped(
            oom=any(event["Action"] == "oom" for event in events),
            exit_code=next((int(code) for code in codes if code is not None), None),
        )

    def _get(self, path: str, **parameters: str) -> requests.Response:
        api = self._client.api
        url = f"{api.base_url}/v{api.api_version}/{path}"
        return api.get(url, params=parameters, timeout=INSPECT_SECONDS)


def _mount(place: Place) -> Mount:
    return Mount(
        MEETING, place.source, type="volume" if place.is_volume else "bind", read_only=True
    )


def remove(client: docker.DockerClient, container: str) -> None:
    """Kill and remove a container. One that is gone already is fine; a hung engine is left."""
    api = client.api
    path = f"{api.base_url}/v{api.api_version}/containers/{container}"
    with contextlib.suppress(*ENGINE_ERRORS):
        answer = api.delete(path, params={"force": "1", "v": "1"}, timeout=REMOVE_SECONDS)
        if answer.status_code == HTTPStatus.CONFLICT:  # the engine removes it by itself
            api.wait(container, timeout=REMOVE_SECONDS, condition="removed")


def _own_user() -> str:
    # The kernel counts processes, pending signals and watches by user. A user of its own, and a
    # crowd in one sandbox is nobody else's.
    return f"{FIRST_USER + secrets.randbelow(LAST_USER - FIRST_USER)}:{GROUP}"


@contextlib.contextmanager
def _engine_errors(failure: str) -> Iterator[None]:
    try:
        yield
    except ENGINE_ERRORS as error:
        raise EngineError(f"{failure}: {reason(error)}") from error
