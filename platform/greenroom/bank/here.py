"""How this site itself does what a topic asks for: a place in its own source, with an excerpt.

A topic names a file and something in it. Files are named as in a checkout, and found where the
product is installed. What an installation does not bring along (tests, say) has no excerpt there.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from greenroom.bank import markdown
from greenroom.core.paths import data_root

MAX_LINES = 18
_PACKAGES = {"platform": "greenroom", "runner": "greenroom_runner"}
_SHOWN = {"templates", "static", "migrations", "tests", "docker-compose.yml"}
"""What else of a checkout may be shown. Data and settings may lie beside it."""
_LANGUAGES = {".py": "python", ".toml": "toml", ".yml": "yaml", ".html": "html", ".css": "css"}
_Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a file: the number of the first, the lines as HTML that may stand on a page,
    and how many more belong to them.
    """

    line: int
    html: str
    left_out: int


@lru_cache(maxsize=256)
def excerpt(file: str, name: str) -> Excerpt | None:
    """Return what is called `name` in a Python file, or the lines from the first that holds `name`
    on in another one; None where there is no such file here, or nothing of that name in it.
    """
    path = _installed(PurePosixPath(file))
    if path is None or not path.is_file():
        return None
    text = path.read_text("utf-8")
    first, last = _defined(text, name) if path.suffix == ".py" else _written(text, name)
    if not first:
        return None
    lines = text.splitlines()[first - 1 : last]
    language = _LANGUAGES.get(path.suffix, "text")
    return Excerpt(first, _rendered(lines[:MAX_LINES], language), len(lines[MAX_LINES:]))


def _installed(file: PurePosixPath) -> Path | None:
    """Return where a file of the checkout is in this installation."""
    if file.is_absolute() or ".." in file.parts or not file.parts:
        return None
    top, *rest = file.parts
    if top in _SHOWN:
        return data_root() / file
    package = _PACKAGES.get(top)
    spec = find_spec(package) if package and rest[:1] == [package] else None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent.joinpath(*rest[1:])


def _defined(source: str, name: str) -> tuple[int, int]:
    """Return the first and the last line of a function, class or value; `Class.method` is one."""
    body: Sequence[ast.stmt] = ast.parse(source).body
    found: ast.stmt | None = None
    for part in name.split("."):
        found = next((node for node in body if part in _names(node)), None)
        body = found.body if isinstance(found, _Named) else ()
    if found is None:
        return 0, 0
    decorators = found.decorator_list if isinstance(found, _Named) else []
    first = min([found.lineno, *(decorator.lineno for decorator in decorators)])
    return first, found.end_lineno or found.lineno


def _names(node: ast.stmt) -> set[str]:
    """Return what a statement gives a name to."""
    if isinstance(node, _Named):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def _written(text: str, name: str) -> tuple[int, int]:
    for number, line in enumerate(text.splitlines(), start=1):
        if name in line:
            return number, number + MAX_LINES - 1
    return 0, 0


def _rendered(lines: Sequence[str], language: str) -> str:
    fence = "~" * 12
    return str(markdown.render("\n".join((fence + language, *lines, fence))))
