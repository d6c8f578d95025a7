"""The libraries of the sandbox image, downloaded on this machine.

pip here knows the index, the mirror, the proxy and the certificates that its user has set up; pip
inside a build often knows none of them. So the wheels are fetched here, checked against their
pinned hashes, and the build needs no network. An air-gapped machine hands over a folder of wheels
instead.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from greenroom_runner.base import ImageError, Report, cache_folder
from greenroom_runner.status import Progress

PYTHON = "3.13"
DOWNLOAD_SECONDS = 900
_PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014", "any")


def download(requirements: Path, architecture: str, report: Report) -> Path | None:
    """Return a folder with every pinned wheel, or None where no pip is at hand.

    `architecture` is the engine's, as in `x86_64`. The folder is cached by content.
    """
    if find_spec("pip") is None:
        return None
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = cache_folder() / f"sandbox-wheels-{PYTHON}-{architecture}-{digest}"
    if not folder.is_dir():
        report(Progress(step="Downloading the sandbox's libraries"))
        _download_into(folder, requirements, architecture)
    return folder


def _download_into(folder: Path, requirements: Path, architecture: str) -> None:
    part = Path(tempfile.mkdtemp(prefix="part-", dir=folder.parent))
    try:
        command = _command(part, requirements, architecture)
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False
        )
        if done.returncode:
            raise ImageError(_advice(done.stderr))
        if not folder.is_dir():  # another build may have been faster
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _command(folder: Path, requirements: Path, architecture: str) -> list[str]:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    options += ["--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp"]
    for abi in ("cp313", "abi3", "none"):
        options += ["--abi", abi]
    for platform in _PLATFORMS:
        name = platform if platform == "any" else f"{platform}_{architecture}"
        options += ["--platform", name]
    pip = [sys.executable, "-m", "pip", "download"]
    return [*pip, *options, "--dest", str(folder), "--requirement", str(requirements)]


def _advice(output: str) -> str:
    errors = [line.strip() for line in output.splitlines() if line.startswith("ERROR")]
    said = errors[-1] if errors else "pip gave no reason"
    return (
        f"The sandbox's libraries cannot be downloaded: {said[:300]}. Check pip's index settings, "
        "or put the wheels of the sandbox's requirements.txt into a folder and run "
        "`greenroom images build --wheels FOLDER`."
    )
