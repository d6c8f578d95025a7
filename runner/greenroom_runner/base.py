"""The image that the sandbox image stands on, found, pulled or made from Debian packages.

Most machines have or can pull the official Python image. Where no registry answers, `debootstrap`
makes a small Debian with the same Python, which needs root and a Debian mirror; the archive is
cached.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
from docker.errors import ImageNotFound
from docker.utils import parse_repository_tag

from greenroom_runner.connection import ENGINE_ERRORS, connect, reason
from greenroom_runner.status import Progress

PUBLIC_BASE = "python:3.13-slim"
LOCAL_BASE = "greenroom-base:latest"
RECIPE_LABEL = "greenroom.recipe"
SUITE = "trixie"
PACKAGES = "python3,python3-venv,ca-certificates"
RECIPE = hashlib.sha256(f"{SUITE} {PACKAGES} 1".encode()).hexdigest()[:16]
PULL_SILENCE_SECONDS = 20

Report = Callable[[Progress], None]


class ImageError(RuntimeError):
    """An image cannot be made; the message says what to do."""


def choose(
    client: docker.DockerClient, report: Report, url: str | None = None, named: str | None = None
) -> str:
    """Return a base image that is present: `named`, else the public one, else one made here."""
    for name in (named,) if named else (PUBLIC_BASE, LOCAL_BASE):
        if has_image(client, name):
            return name
    if _pull(named or PUBLIC_BASE, url, report):
        return named or PUBLIC_BASE
    if named:
        raise ImageError(
            f"There is no image {named} and it cannot be pulled. "
            "Load it (docker load) or name another with --base."
        )
    return make_local(client, report)


def has_image(client: docker.DockerClient, name: str) -> bool:
    """Say whether the engine holds the image."""
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _pull(name: str, url: str | None, report: Report) -> bool:
    report(Progress(step="Pulling the base image", detail=name))
    repository, tag = parse_repository_tag(name)
    # A client of its own: here a short silence already means that no registry will answer.
    client = connect(url, PULL_SILENCE_SECONDS)
    try:
        for line in client.api.pull(repository, tag=tag or "latest", stream=True, decode=True):
            said = str(line.get("error") or line.get("status", ""))
            report(Progress(step="Pulling the base image", detail=said))
        return has_image(client, name)
    except ENGINE_ERRORS as error:
        report(Progress(step="The base image cannot be pulled", detail=reason(error)))
        return False
    finally:
        client.close()


def make_local(client: docker.DockerClient, report: Report) -> str:
    """Build the base image from Debian packages, or raise `ImageError` with what to do instead."""
    archive = cache_folder() / f"greenroom-base-{RECIPE}.tar"
    if not archive.is_file():
        _require_debootstrap(report)
        _make_archive(archive, report)
    report(Progress(step="Importing the base image", detail=archive.name))
    changes = [
        f"LABEL {RECIPE_LABEL}={RECIPE}",
        "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "ENV LANG=C.UTF-8",
        'CMD ["python3"]',
    ]
    repository, tag = LOCAL_BASE.split(":")
    answer = client.api.import_image(
        src=str(archive), repository=repository, tag=tag, changes=changes
    )
    if not has_image(client, LOCAL_BASE):
        raise ImageError(f"The engine did not take the base image: {answer}")
    return LOCAL_BASE


def cache_folder() -> Path:
    """Return the folder where slow results are kept. Losing it costs time, never correctness."""
    named = os.environ.get("GREENROOM_CACHE_DIR")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else home / "greenroom"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _require_debootstrap(report: Report) -> None:
    if os.geteuid() != 0:
        raise ImageError(_advice("building it from Debian packages needs root"))
    if shutil.which("debootstrap"):
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise ImageError(_advice("debootstrap is not installed"))
    report(Progress(step="Installing debootstrap"))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = [apt, "-qq", "-o", "DPkg::Lock::Timeout=300"]
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "debootstrap"]):
        _run([*quiet, *arguments], environment, "debootstrap cannot be installed")


def _run(command: list[str], environment: dict[str, str], failure: str) -> None:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise ImageError(_advice(f"{failure} ({_last_line(done.stderr)})"))


def _make_archive(archive: Path, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="greenroom-base-") as folder:
        tree = Path(folder) / "tree"
        _debootstrap(tree, report)
        for stale in ("var/cache/apt/archives", "var/lib/apt/lists"):
            shutil.rmtree(tree / stale, ignore_errors=True)
        (tree / "usr/bin/python").symlink_to("python3")
        report(Progress(step="Packing the base image"))
        part = archive.with_suffix(f".part{os.getpid()}")
        with tarfile.open(part, "w") as tar:
            tar.add(tree, arcname=".", filter=_without_devices)
        part.replace(archive)


def _debootstrap(tree: Path, report: Report) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(tree)]
    last = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in _lines(process):
            last = line.removeprefix("I: ").strip() or last
            report(Progress(step="Building the base image from Debian packages", detail=last))
    if process.returncode:
        raise ImageError(_advice(f"debootstrap failed ({last})"))


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    if process.stdout is None:
        raise AssertionError("the process was started with a pipe")
    return iter(process.stdout.readline, "")


def _without_devices(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    kept = member.name.removeprefix("./").split("/", 1)
    inside_special = len(kept) > 1 and kept[0] in {"proc", "sys", "dev"}
    return None if inside_special else member


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")


def _advice(obstacle: str) -> str:
    return (
        "The base image of the sandbox is missing: "
        f"{PUBLIC_BASE} cannot be pulled, and {obstacle}. "
        f"Load an image with Python 3.13 (docker load) and run "
        "`greenroom images build --base NAME`, or run the build once as root on Debian or Ubuntu."
    )
