"""The stack of docker-compose.yml, brought up under a name of its own and taken down whole."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENGINE_SOCKET = Path("/var/run/docker.sock")
SERVICES = {"postgres", "redis", "web", "worker", "runner"}
PATIENCE = 240


@dataclass(frozen=True)
class Stack:
    """A running stack: where its site answers, and how to look at its parts."""

    project: str
    address: str
    environment: Mapping[str, str]

    def compose(self, *arguments: str, given: str | None = None) -> str:
        """Run docker compose on this stack; return what it wrote."""
        command = [*compose_program(), "--project-name", self.project, *arguments]
        return run(command, self.environment, given)

    def inside(self, service: str, *command: str, given: str | None = None) -> str:
        """Run a command in a running service, as its own user; return what it wrote."""
        return self.compose("exec", "-T", service, *command, given=given)

    def container(self, service: str) -> dict[str, Any]:
        """Return what the engine knows of a service's one container."""
        identity = self.compose("ps", "--quiet", service).split()
        assert len(identity) == 1, f"{service} has {len(identity)} containers"
        found: dict[str, Any] = json.loads(run(["docker", "inspect", identity[0]]))[0]
        return found


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Build and start; in the end remove everything and look for leftovers."""
    stack = new_stack()
    try:
        stack.compose("build")
        stack.compose("up", "--detach")
        yield stack
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")
        run(["docker", "image", "rm", "--force", stack.environment["GREENROOM_IMAGE"]])
        assert not leftovers(stack.project)


def new_stack() -> Stack:
    """Prepare what the stack is made from: wheels, base and service images, the sandbox image."""
    project = f"greenroom-test-{secrets.token_hex(4)}"
    port = free_port()
    run([sys.executable, str(ROOT / "requirements" / "wheels.py")])
    run([str(Path(sys.executable).with_name("greenroom")), "images", "build"])
    images = run([str(ROOT / "tests" / "machine" / "compose-images")])
    chosen = dict(
        line.split("=", 1) for line in images.splitlines() if line.startswith("GREENROOM_")
    )
    own = {
        "GREENROOM_IMAGE": f"greenroom-site:{project}",
        # The wheels are there, so nothing is fetched while the image is built. This proves it.
        "GREENROOM_BUILD_NETWORK": "none",
        "GREENROOM_MEETING_VOLUME": f"{project}-meeting",
        "GREENROOM_PUBLISH": f"127.0.0.1:{port}",
        "GREENROOM_DATABASE_PASSWORD": secrets.token_hex(16),
        "GREENROOM_SECRET_KEY": secrets.token_hex(32),
        "GREENROOM_DOCKER_GROUP": str(ENGINE_SOCKET.stat().st_gid),
        # The older program builds by itself and gives no hint of BuildKit, which may be missing.
        "COMPOSE_DOCKER_CLI_BUILD": "0",
    }
    inherited = {
        name: text for name, text in os.environ.items() if not name.startswith("GREENROOM_")
    }
    return Stack(project, f"http://127.0.0.1:{port}", inherited | chosen | own)


def compose_program() -> list[str]:
    """The engine's plugin where present, else the older program."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ["docker", "compose"]
    assert shutil.which("docker-compose"), "docker compose is missing. Run tests/machine/compose."
    return ["docker-compose"]


def leftovers(project: str) -> list[str]:
    """What the engine still holds of a project: containers, volumes, networks."""
    label = f"label=com.docker.compose.project={project}"
    listings = (
        ["docker", "ps", "--all", "--filter", label, "--format", "container {{.Names}}"],
        ["docker", "volume", "ls", "--filter", label, "--format", "volume {{.Name}}"],
        ["docker", "network", "ls", "--filter", label, "--format", "network {{.Name}}"],
    )
    return [line for listing in listings for line in run(listing).splitlines()]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def run(
    command: list[str], environment: Mapping[str, str] | None = None, given: str | None = None
) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout
