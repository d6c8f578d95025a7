"""The runner agent as the program that production starts, for tests that judge for real."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

from greenroom.judging.record import Record
from greenroom.judging.service import Result
from greenroom_runner.client import RunnerClient, RunnerUnavailableError
from greenroom_runner.events import Event
from greenroom_runner.limits import Limits
from greenroom_runner.request import RunRequest
from tests.support.sandboxes import no_container_left
from tests.support.waiting import until

START_SECONDS = 60
STOP_SECONDS = 10
QUICK = Limits(check_seconds=2, total_seconds=12)
_PROGRAM = [str(Path(sys.executable).with_name("greenroom")), "runner"]


@dataclass
class Agent:
    """A running agent: its process, the caller's end, and how much memory it ever held."""

    process: subprocess.Popen[bytes]
    client: RunnerClient
    owner: str = field(repr=False)

    @property
    def peak_mib(self) -> int:
        """The most memory that the process has held at one time."""
        status = Path("/proc", str(self.process.pid), "status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) // 1024

    def ready(self) -> bool:
        """Say whether a judgement would be carried out now; fail when the program has ended."""
        assert self.process.poll() is None, "the runner agent ended by itself"
        try:
            return self.client.status().ready
        except RunnerUnavailableError:
            return False


@contextmanager
def running_agent(
    folder: Path, sandbox: Literal["docker", "local"], **environment: str
) -> Iterator[Agent]:
    """Run an agent with the settings of a fresh installation. It leaves no container behind."""
    url = f"unix://{folder / 'r.sock'}"
    owner = hashlib.sha256(url.encode()).hexdigest()[:16]
    given = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM")}
    given |= {"GREENROOM_RUNNER_URL": url, "GREENROOM_SANDBOX": sandbox}
    given |= {"GREENROOM_DATA_DIR": str(folder), "TMPDIR": str(folder)}
    given |= environment
    leaving = no_container_left(owner) if sandbox == "docker" else nullcontext()
    with leaving, (folder / "log").open("wb") as log:
        process = subprocess.Popen(_PROGRAM, env=given, stdout=log, stderr=log)
        agent = Agent(process, RunnerClient(url), owner)
        try:
            until(agent.ready, START_SECONDS, (folder / "log").read_text)
            yield agent
            process.terminate()
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()


def run_request(grader: str | None, files: dict[str, str], **changes: object) -> RunRequest:
    """Return what judges these files by this grader, or by the `suite` among the changes, quickly
    and in full.
    """
    given: dict[str, object] = {
        "judgement_id": str(uuid4()),
        "tenant": "test",
        "profile": "pydantic",
        "mode": "submit",
        "seed": 20_260_101,
        "limits": QUICK,
    }
    return RunRequest.model_validate({**given, "grader": grader, "files": files, **changes})


def result_of(events: list[Event]) -> Result:
    """Return what the platform makes of a run's events, verdict included."""
    record = Record(1)
    for event in events:
        list(record.take(event.model_dump(mode="json")))
    return record.result()
