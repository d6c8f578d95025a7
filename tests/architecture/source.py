"""How the rules of this folder see the source tree: what is, or is about to be, committed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "platform" / "greenroom", ROOT / "runner" / "greenroom_runner")
ANSWERS = {"starter", "reference", "alternatives", "mutants"}


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file git tracks or would add, so ignored folders never count."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return tuple(sorted(path for name in listing.split("\0") if (path := ROOT / name).is_file()))


def product_modules() -> Iterator[Path]:
    """The Python files of the product and the runner."""
    for package in PACKAGES:
        yield from sorted(package.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """A path as people write it, with the line an editor can jump to."""
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"
