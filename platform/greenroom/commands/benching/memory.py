"""What containers and processes hold while nobody hands anything in."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import docker

from greenroom.commands.benching.figures import Memory
from greenroom_runner.base import Report
from greenroom_runner.connection import connect
from greenroom_runner.docker_engine import DockerEngine, DockerSettings
from greenroom_runner.engine import Sandbox
from greenroom_runner.request import Profile
from greenroom_runner.session import await_ready

PROFILES: tuple[Profile, ...] = ("pydantic", "sqlalchemy", "fastapi")
_START_SECONDS = 60
_MIB = 1024 * 1024
_PARTS = {"serve.web": "web", "cli runner": "runner", "cli worker": "worker", "valkey": "Valkey"}
_PRIVATE = re.compile(r"^Private_(?:Clean|Dirty): +(\d+) kB$", re.MULTILINE)


def measure(site: int, report: Report) -> Memory:
    """Return the memory of a warm container a profile and of the site whose first process is
    `site`. Raises EngineError.
    """
    engine = DockerEngine(DockerSettings(owner=f"bench-{uuid4().hex}"))
    with closing(engine), closing(connect()) as client:
        engine.prepare(report)
        containers: dict[str, float] = {
            profile: _of_sandbox(client, engine.start_candidate(profile)) for profile in PROFILES
        }
        containers["judge"] = _of_sandbox(client, engine.start_judge(""))
    return Memory(containers, of_processes(site))


def _of_sandbox(client: docker.DockerClient, sandbox: Sandbox) -> float:
    try:
        await_ready(sandbox, _START_SECONDS)
        stats = client.api.stats(sandbox.id, stream=False)["memory_stats"]["stats"]
        # The first version of control groups calls it rss, the second one anon.
        return int(stats.get("rss", stats.get("anon", 0))) / _MIB
    finally:
        sandbox.stop()


def of_processes(site: int, proc: Path = Path("/proc")) -> Mapping[str, float]:
    """Return the private memory of a site's processes by their part, all of one part together."""
    found: dict[str, float] = {}
    for folder in _family(site, proc):
        try:
            command = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            rollup = (folder / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        part = next((part for mark, part in _PARTS.items() if mark in command), "serve")
        kib = sum(map(int, _PRIVATE.findall(rollup)))
        found[part] = found.get(part, 0.0) + kib * 1024 / _MIB
    return found


def _family(first: int, proc: Path) -> Iterator[Path]:
    """Yield the folders of a process and of all below it."""
    parents = {int(path.name): _parent(path) for path in proc.iterdir() if path.name.isdigit()}
    family = {first}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return iter([proc / str(pid) for pid in sorted(family)])


def _parent(folder: Path) -> int:
    try:
        stat = (folder / "stat").read_text(encoding="latin-1")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
