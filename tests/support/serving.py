"""A real `greenroom serve` in a process of its own, and whatever there is left of it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from greenroom.commands.runner import owner_of
from greenroom.core.config import Settings
from greenroom_runner.connection import connect
from tests.factories.bank import ANSWER
from tests.support.sandboxes import containers_of
from tests.support.waiting import until

PROGRAM = (sys.executable, "-m", "greenroom.cli")
PATIENCE = 60.0
BUILD_PATIENCE = 180.0
"""The sandbox image may have to be built first."""
READY = "Greenroom is ready"


def own_environment(data_dir: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process' environment with these settings of the site and nobody else's.

    `settings` are spelled as in the environment: other programs' variables may be among them.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    own = {"GREENROOM_DATA_DIR": str(data_dir), "GREENROOM_WEAK_PASSWORD_HASHES": "true"}
    return {**kept, **own, **settings}


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Serve:
    """A started `greenroom serve`: the head of a process group of its own, as at a terminal."""

    data_dir: Path
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    _known: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where the site answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """Everything it wrote."""
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str) -> None:
        """Return when it has said so."""
        until(lambda: text in self.said or not self.runs, PATIENCE, lambda: self.said)
        assert text in self.said, self.said

    def wait_until_up(self) -> None:
        """Return when it says that the site is there."""
        self.wait_for(READY)

    def wait_until_ready(self) -> None:
        """Return when every part does its work."""
        until(lambda: self.is_ready or not self.runs, BUILD_PATIENCE, lambda: self.said)
        assert self.runs, self.said

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        return self.answer("/readyz") == 200

    def answer(self, path: str) -> int:
        """Return the status of a page, 0 where nothing answers."""
        try:
            return httpx2.get(f"{self.url}{path}", timeout=5, trust_env=False).status_code
        except httpx2.HTTPError:
            return 0

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """Open a client on the site's own pages, which single-user mode signs in."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        with httpx2.Client(
            base_url=self.url, headers=headers, timeout=60, trust_env=False
        ) as client:
            client.get("/").raise_for_status()
            yield client

    def judged(self, answer: str = ANSWER) -> str:
        """Hand an answer to the small bank's question in; return its verdict."""
        body = {"files": {"answer.py": answer}, "mode": "submit"}
        with self.browser() as browser:
            handed_in = browser.post("/api/v1/questions/add-numbers/submissions", json=body)
            return verdict(browser, handed_in.raise_for_status().json()["id"])

    def child(self, part: str) -> int:
        """Return the process whose command line names `part`; the first where it has forked."""
        found = [pid for pid in self._family() if part in _command(pid)]
        return min(found, default=0)

    def end(self, number: signal.Signals = signal.SIGTERM, *, group: bool = False) -> int:
        """Send a signal, to its whole process group as a terminal does; return the exit status."""
        self._known |= self._family()
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Return the exit status once it has ended."""
        return self.process.wait(PATIENCE)

    def wait_until_gone(self) -> None:
        """Return when nothing is left of it."""
        until(lambda: not self.left(), PATIENCE, lambda: f"Left: {self.left()}")

    def left(self) -> list[str]:
        """Return its processes, sockets and containers that are there."""
        return [*self.processes(), *self.sockets(), *self.containers()]

    def processes(self) -> list[str]:
        """Return its processes: those that are found now, and those that were when it ended."""
        return [f"{pid} {_command(pid)}" for pid in self._known | self._family() if lives(pid)]

    def sockets(self) -> list[str]:
        """Return the sockets in its folders."""
        folders = (self.data_dir, Settings(data_dir=self.data_dir).run_dir)
        return [str(path) for place in folders for path in place.rglob("*") if path.is_socket()]

    def containers(self) -> list[str]:
        """Return its containers, whatever their state."""
        with closing(connect()) as client:
            return containers_of(client, owner_of(Settings(data_dir=self.data_dir)))

    def _family(self) -> set[int]:
        """Return every process that was given this data folder, and their children."""
        mark = f"GREENROOM_DATA_DIR={self.data_dir}".encode()
        everyone = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        found = {pid for pid in everyone if mark in _read(pid, "environ").split(b"\0")}
        # A local sandbox has an environment of its own, and is the runner's child.
        return found | {pid for pid in everyone if _parent(pid) in found} - {os.getpid()}


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[Serve]:
    """Start a site; a test ends it in its own way, and here it is ended in any case."""
    port, log = free_port(), data_dir.parent / f"{data_dir.name[:40]}-serve.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port)],
            env=own_environment(data_dir, settings),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    site = Serve(data_dir, port, process, log)
    try:
        yield site
    finally:
        if site.runs:
            site.end()


def verdict(client: httpx2.Client, submission: str) -> str:
    """Wait until a submission is judged; return its verdict."""
    place = f"/api/v1/submissions/{submission}"
    until(lambda: client.get(place).json()["status"] == "done", PATIENCE)
    return str(client.get(place).json()["verdict"])


def lives(pid: int) -> bool:
    """Whether a process is there, and is more than an exit status that nobody has asked for."""
    return _read(pid, "stat").rpartition(b") ")[2][:1] not in {b"", b"Z", b"X"}


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b") ")[2].split()
    return int(fields[1]) if fields else 0


def _command(pid: int) -> str:
    return _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()


def _read(pid: int, name: str) -> bytes:
    with suppress(OSError):
        return Path("/proc", str(pid), name).read_bytes()
    return b""
