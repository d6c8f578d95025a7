"""Fills wheels/ with everything the program needs, for where no index can be asked.

`python requirements/wheels.py [ARCHITECTURE]` (default: this machine's). The wheels are for Python
3.13 on Linux, which is what the site image runs; each is checked against its pinned hash.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

from greenroom_runner import wheels

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "wheels"
TARGET = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.13.0",
    "python_version": "3.13",
    "sys_platform": "linux",
}


def pins_for_target(text: str, architecture: str) -> str:
    """Keep the pins whose markers hold on the target: pip would ask the interpreter it runs on."""
    target = TARGET | {"platform_machine": architecture}
    kept = []
    for entry in text.replace("\\\n", " ").splitlines():
        pin, *hashes = entry.split(" --hash=")
        if not pin.strip() or pin.startswith("#"):
            continue
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(target):
            name = f"{requirement.name}{requirement.specifier}"
            kept.append(" --hash=".join([name, *(each.strip() for each in hashes)]))
    return "\n".join(kept) + "\n"


def main(architecture: str) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    pins = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "requirements.txt"
        wanted.write_text(pins_for_target(pins, architecture), encoding="utf-8")
        found = wheels.download(
            wanted, architecture, lambda progress: print(progress.step, progress.detail)
        )
    if found is None:
        raise SystemExit("pip is missing from this environment. Run `make wheels`.")
    for wheel in found.glob("*.whl"):
        shutil.copy2(wheel, FOLDER)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(FOLDER)]
    subprocess.run([sys.executable, "-m", "pip", *build, str(ROOT)], check=True)
    print(f"{len(list(FOLDER.iterdir()))} wheels in {FOLDER}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else platform.machine())
