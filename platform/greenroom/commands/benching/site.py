"""The measured side: `greenroom serve` with a data folder of its own, used as a script does."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from greenroom.core.config import Settings
from greenroom.core.errors import GreenroomError
from greenroom_runner.client import RunnerClient, RunnerUnavailableError

API = "/api/v1"
EMAIL = "bench@example.com"
READY_SECONDS = 600
"""The sandbox image may have to be built first."""
STOP_SECONDS = 15
_GLANCE_SECONDS = 0.05
_PROGRAM = [sys.executable, "-m", "greenroom.cli"]


@dataclass(frozen=True)
class Judged:
    """One submission as its sender saw it. Seconds count from the POST."""

    verdict: str
    checks: int
    first_check: float
    seconds: float
    inside: float
    """What of it was spent on loading the answer and on its checks."""


class Site:
    """A site that is up. One client, so that connections stay open as in a browser."""

    def __init__(self, client: httpx2.Client, runner: RunnerClient, pid: int) -> None:
        self.pid = pid
        """Of its first process, below which all others are."""
        self._client = client
        self._runner = runner

    def sign_in(self, password: str) -> None:
        """Take a token for what follows."""
        login = {"email": EMAIL, "password": password}
        answer = self._client.post(f"{API}/auth/token", json=login).raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def wait_until_warm(self) -> None:
        """Return when nothing runs and every wanted sandbox is warm: a round starts from rest."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_warm():
            if time.monotonic() > deadline:
                raise GreenroomError("The sandboxes did not become warm. `greenroom doctor`?")
            time.sleep(_GLANCE_SECONDS)

    def judge(self, slug: str, files: dict[str, str]) -> Judged:
        """Hand in an answer and follow its events to the verdict."""
        body = {"files": files, "mode": "submit"}
        started = time.perf_counter()
        handed_in = self._client.post(f"{API}/questions/{slug}/submissions", json=body)
        address = handed_in.raise_for_status().json()["events_url"]
        checks, first = 0, 0.0
        for name, data in self._events(address):
            if name == "check":
                checks += 1
                first = first or time.perf_counter() - started
            elif name == "verdict":
                seconds = time.perf_counter() - started
                return Judged(
                    str(data.get("verdict")), checks, first, seconds, _inside(data.get("usage"))
                )
        raise GreenroomError("The stream ended before the verdict.")

    def _events(self, address: str) -> Iterator[tuple[str, dict[str, object]]]:
        name = ""
        with self._client.stream("GET", address) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, json.loads(value)

    def _is_warm(self) -> bool:
        try:
            status = self._runner.status()
        except RunnerUnavailableError:
            return False
        full = all(count.warm >= count.wanted for count in status.pool.values())
        idle = not (status.queue.running or status.queue.waiting)
        return status.ready and bool(status.pool) and full and idle


def _inside(usage: object) -> float:
    if not isinstance(usage, dict):
        raise GreenroomError("The verdict tells nothing of what it cost.")
    return (float(usage["load_ms"]) + float(usage["checks_ms"])) / 1000


@contextmanager
def running_site(folder: Path, bank: Path) -> Iterator[Site]:
    """Start a site with `bank` below `folder`, yield it once it is warm, end it as Ctrl-C does."""
    own = Settings(
        data_dir=folder / "data",
        host="127.0.0.1",
        port=_free_port(),
        mode="single-user",
        database_url="",
        redis_url="",
        runner_url="",
    )
    environment = os.environ | {
        "GREENROOM_DATA_DIR": str(own.data_dir),
        "GREENROOM_HOST": own.host,
        "GREENROOM_PORT": str(own.port),
        "GREENROOM_MODE": own.mode,
        "GREENROOM_DATABASE_URL": "",
        "GREENROOM_REDIS_URL": "",
        "GREENROOM_RUNNER_URL": "",
        "GREENROOM_PUBLIC_URL": "",
        "GREENROOM_QUESTION_BANK": str(bank),
    }
    address = f"http://{own.host}:{own.port}"
    with _served(environment, folder / "serve.log") as process:
        _wait_until_up(f"{address}/readyz", process, folder / "serve.log")
        password = secrets.token_urlsafe(16)
        _add_user(environment, password)
        with httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:
            site = Site(client, RunnerClient(own.runner), process.pid)
            site.sign_in(password)
            site.wait_until_warm()
            yield site


@contextmanager
def _served(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_PROGRAM, "serve"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            raise GreenroomError("\n".join(["The site did not start. It said:", *said]))
        try:
            if httpx2.get(address, trust_env=False).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(_GLANCE_SECONDS)
    raise GreenroomError(f"The site was not ready within {READY_SECONDS} seconds.")


def _add_user(environment: dict[str, str], password: str) -> None:
    command = [*_PROGRAM, "users", "add", EMAIL, "--role", "candidate", "--password-stdin"]
    done = subprocess.run(
        command,
        env=environment,
        input=password + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise GreenroomError(f"No person can be added: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
