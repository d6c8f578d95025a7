"""Builds and finds the sandbox image.

The tag is a digest of what the image is made of, so a changed harness or requirement is a new image
and an unchanged one is found at once.
"""

import fcntl
import hashlib
import io
import platform
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from greenroom_runner import base as bases
from greenroom_runner import wheels
from greenroom_runner.base import ImageError, Report
from greenroom_runner.connection import ENGINE_ERRORS, EngineAwayError, connect, reason
from greenroom_runner.status import Progress

REPOSITORY = "greenroom-sandbox"
BASE_LABEL = "greenroom.base"
BUILD_SECONDS = 600
_PACKAGE = Path(__file__).parent
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True)
class SandboxImage:
    """A built sandbox image. `digest` is the engine's content id, kept with every judgement."""

    name: str
    digest: str
    base: str
    megabytes: int
    current: bool


def recipe_folder() -> Path:
    """Return the folder of the Dockerfile, in a checkout or in an installed package."""
    candidates = (
        _PACKAGE.parent / "images" / "python",
        _PACKAGE.parent / "greenroom" / "_data" / "runner" / "images" / "python",
    )
    for folder in candidates:
        if (folder / "Dockerfile").is_file():
            return folder
    raise ImageError("The sandbox's Dockerfile is missing. Install Greenroom again.")


def current_name() -> str:
    """Return the name that the image of this very code has."""
    digest = hashlib.sha256()
    for name, content in _sources():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{REPOSITORY}:{digest.hexdigest()[:16]}"


def find(client: docker.DockerClient) -> SandboxImage | None:
    """Return the image of this very code, or None where it is not built yet."""
    try:
        return _describe(client, current_name())
    except ImageNotFound:
        return None


def list_images(client: docker.DockerClient) -> list[SandboxImage]:
    """Return every sandbox image that the engine holds, newest first."""
    names = (name for image in client.images.list(name=REPOSITORY) for name in image.tags)
    return [_describe(client, name) for name in names]


def build(
    report: Report,
    *,
    base: str | None = None,
    wheel_folder: Path | None = None,
    url: str | None = None,
) -> SandboxImage:
    """Return the image of this very code, building what is missing. At once where nothing is.

    `base` names an image with Python 3.13, present or to be pulled (without it: python:3.13-slim,
    else one made of Debian packages). `wheel_folder` holds wheels for a machine without an index.
    `url` is the engine's address, else DOCKER_HOST or the default socket. `report` is called with
    a `Progress` a line, from this thread. Two processes may call this at once: one of them builds.
    Raises ImageError or EngineAwayError, whose message says what to do.
    """
    with closing(connect(url, BUILD_SECONDS)) as client, _plain_errors():
        if present := _fitting(client, base):
            return present
        with _one_build_at_a_time(report):
            if present := _fitting(client, base):
                return present
            chosen = bases.choose(client, report, url, base)
            folder = wheel_folder or _download(client, report)
            _build(client, chosen, folder, report)
            return _describe(client, current_name())


def _fitting(client: docker.DockerClient, base: str | None) -> SandboxImage | None:
    present = find(client)
    return present if present and base in {None, present.base} else None


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except ENGINE_ERRORS as error:
        raise EngineAwayError(f"The container engine failed: {reason(error)}") from error


@contextmanager
def _one_build_at_a_time(report: Report) -> Iterator[None]:
    """Hold the lock file of builds. It goes with the process that holds it, however that ends."""
    with (bases.cache_folder() / "sandbox-image.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(Progress(step="Waiting for another build of the sandbox image"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(client: docker.DockerClient, report: Report) -> Path | None:
    machine = str(client.version().get("Arch") or platform.machine())
    return wheels.download(
        recipe_folder() / "requirements.txt", _ARCHITECTURES.get(machine, machine), report
    )


def _build(client: docker.DockerClient, base: str, folder: Path | None, report: Report) -> None:
    report(Progress(step="Building the sandbox image", detail=f"on {base}"))
    lines = client.api.build(
        fileobj=_context(folder),
        custom_context=True,
        tag=current_name(),
        buildargs={"BASE_IMAGE": base},
        labels={BASE_LABEL: base},
        network_mode="none" if folder else "host",
        rm=True,
        forcerm=True,
        decode=True,
    )
    for line in lines:
        if "error" in line:
            raise ImageError(f"The sandbox image cannot be built: {reason_of(line)}")
        said = str(line.get("stream", "")).strip()
        if said:
            report(Progress(step="Building the sandbox image", detail=said.splitlines()[-1][:200]))


def reason_of(line: dict[str, object]) -> str:
    """Return the engine's own words about a failed step, on one line."""
    return " ".join(str(line["error"]).split())[:500]


def _context(folder: Path | None) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        directory = tarfile.TarInfo("wheels")
        directory.type, directory.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(directory)
        for wheel in sorted(folder.glob("*.whl")) if folder else ():
            _add(tar, f"wheels/{wheel.name}", wheel.read_bytes())
        for name, content in _sources():
            _add(tar, name, content)
    buffer.seek(0)
    return buffer


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    # No owner and no time: the same sources are the same layer, so the engine's cache holds.
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))


def _sources() -> Iterator[tuple[str, bytes]]:
    recipe = recipe_folder()
    for name in ("Dockerfile", "requirements.txt"):
        yield name, (recipe / name).read_bytes()
    harness = sorted((_PACKAGE / "harness").rglob("*.py"))
    for path in (_PACKAGE / "__init__.py", *harness):
        yield f"greenroom_runner/{path.relative_to(_PACKAGE).as_posix()}", path.read_bytes()


def _describe(client: docker.DockerClient, name: str) -> SandboxImage:
    image = client.images.get(name)
    return SandboxImage(
        name=name,
        digest=str(image.id),
        base=str(image.labels.get(BASE_LABEL, "")),
        megabytes=round(int(image.attrs["Size"]) / 1e6),
        current=name == current_name(),
    )


def _tell(progress: Progress) -> None:
    sys.stderr.write(f"{progress}\n")


def main() -> int:
    """Build what is missing and print the image's name: `python -m greenroom_runner.images`."""
    try:
        image = build(_tell)
    except (ImageError, EngineAwayError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{image.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
