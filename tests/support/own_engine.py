"""A container engine of a test's own, to be killed: the one that everybody uses is left alone.

It is the same two programs with folders and sockets of their own. It touches neither the machine's
packet filter nor a bridge: sandboxes have no network. When they are killed, containers live on with
nobody to ask for them, until the next start on the same folders finds them.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import docker

from greenroom_runner import images
from greenroom_runner.connection import ENGINE_ERRORS, EngineAwayError, connect
from tests.support.sandboxes import containers_of, silent
from tests.support.waiting import until

START_SECONDS = 30
STOP_SECONDS = 20
_SETTINGS = """
version = 2
root = "{folder}/containerd"
state = "{folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{folder}/c.sock"
"""
_NO_NETWORK = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false")


class OwnEngine:
    """A `dockerd` and its `containerd`, both below one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs until `start`. The folder's path must be short: sockets lie in it."""
        self._folder = folder
        self._programs: list[subprocess.Popen[bytes]] = []
        self.url = f"unix://{folder / 'd.sock'}"

    def start(self) -> None:
        """Start it, or start it again with everything that it held; it answers afterwards."""
        folder = self._folder
        (folder / "d.pid").unlink(missing_ok=True)  # of one that was killed
        settings = folder / "containerd.toml"
        settings.write_text(_SETTINGS.format(folder=folder), encoding="utf-8")
        self._run("containerd", "--config", str(settings))
        places = (
            *("--containerd", f"{folder / 'c.sock'}", "--host", self.url),
            *("--data-root", f"{folder / 'data'}", "--exec-root", f"{folder / 'exec'}"),
            *("--pidfile", f"{folder / 'd.pid'}"),
        )
        self._run("dockerd", *places, *_NO_NETWORK)
        until(self._answers, START_SECONDS, self._said)

    def kill(self) -> None:
        """Kill both programs by a signal that neither can catch. Containers are not touched."""
        for program in self._programs:
            program.kill()
        for program in self._programs:
            program.wait()
        self._programs = []

    def stop(self) -> None:
        """Remove every container and end both programs, the one that needs the other first."""
        if not self._programs:
            self.start()
        with closing(self.client()) as client:
            for container in client.api.containers(all=True):
                with suppress(*ENGINE_ERRORS):  # it has just gone by itself
                    client.api.remove_container(container["Id"], force=True)
        for program in reversed(self._programs):
            program.terminate()
            program.wait(STOP_SECONDS)
        self._programs = []

    def client(self) -> docker.DockerClient:
        """Return a client of it, which the caller closes."""
        return connect(self.url)

    def roots(self, owner: str) -> list[Path]:
        """Return the root folders of the sandboxes of `owner` that run, as this machine sees them:
        a test reaches into one by its folder, also when the engine is away.
        """
        roots: list[Path] = []
        with closing(self.client()) as client:
            for name in containers_of(client, owner):
                with suppress(docker.errors.NotFound):  # it has just gone by itself
                    state = client.api.inspect_container(name)["State"]
                    if state["Running"]:
                        roots.append(Path("/proc", str(state["Pid"]), "root"))
        return roots

    def take_over(self, image: str) -> None:
        """Bring in an image that the machine's own engine holds."""
        with closing(connect(timeout=120)) as theirs, closing(self.client()) as ours:
            for _ in ours.images.load(theirs.api.get_image(image)):
                pass

    def _run(self, *command: str) -> None:
        with (self._folder / f"{command[0]}.log").open("ab") as log:
            self._programs.append(subprocess.Popen(command, stdout=log, stderr=log))

    def _answers(self) -> bool:
        for program in self._programs:
            assert program.poll() is None, (
                f"A program of the engine ended by itself. {self._said()}"
            )
        try:
            with closing(self.client()):
                return True
        except EngineAwayError:
            return False

    def _said(self) -> str:
        return (self._folder / "dockerd.log").read_text(encoding="utf-8")[-4000:]


@contextmanager
def own_engine() -> Iterator[OwnEngine]:
    """Run an engine that holds the sandbox image of this code, and nothing else."""
    assert os.geteuid() == 0, "Only root can start a container engine of its own."
    for program in ("dockerd", "containerd"):
        assert shutil.which(program), f"{program} is missing. Run tests/machine/all."
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    engine = OwnEngine(folder)
    try:
        engine.start()
        try:
            engine.take_over(images.build(silent).name)
            yield engine
        finally:
            engine.stop()
    finally:
        engine.kill()
        _end_shims(folder)
        _unmount(folder)
        shutil.rmtree(folder)


def _end_shims(folder: Path) -> None:
    """End what stands between the engine and each container, where a start was cut short: no
    engine knows of that one when it comes back.
    """
    address = os.fsencode(folder / "c.sock")
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if address in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def _unmount(folder: Path) -> None:
    """Unmount what an engine leaves mounted below its folder, the last mounted first."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    for place in reversed([line.split()[1] for line in mounts]):
        if Path(place).is_relative_to(folder):
            subprocess.run(["umount", "--lazy", place], check=True)
