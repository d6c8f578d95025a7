"""Loads a `grader.py`: its asserts rewritten, its checks in the order in which they run, the source
of its probes.

Visible checks run first, each kind in the order of the source. An answer can leave what it was
asked for a later check to find, and what a visible check makes it print is shown: so nothing that
is shown comes after something that is not.
"""

import ast
import inspect
import linecache
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from greenroom_runner.harness import asserts, probes
from greenroom_runner.harness.grading import MARK, About
from greenroom_runner.harness.probes import Function, is_probe

FILE = "grader.py"
_ID = re.compile(r"[a-z0-9_]{1,100}")
_OFFERED = ("answer", "random", "services")


class BrokenGrader(Exception):
    """The grader cannot run. The text is for its author."""


@dataclass(frozen=True)
class Check:
    """One check, and which of `answer`, `random` and `services` it takes."""

    id: str
    about: About
    run: Callable[..., Any]
    takes: tuple[str, ...]


@dataclass(frozen=True)
class Grader:
    """The checks of one question, and by name of each probe the source that runs it."""

    checks: list[Check]
    probes: dict[str, str]


def load(source: str) -> Grader:
    """Return the grader in `source`. Raises BrokenGrader."""
    tree = _parsed(source)
    names = Counter(node.name for node in _functions(tree))
    if twice := [name for name, count in names.items() if count > 1]:
        raise BrokenGrader(f"{FILE} defines {twice[0]} twice.")
    shipped = _shipped(tree)
    asserts.rewrite(tree, skip=is_probe)
    checks = _checks(_executed(tree, source))
    if not checks:
        raise BrokenGrader(f"{FILE} has no check.")
    return Grader(checks, shipped)


def where(problem: BaseException) -> str:
    """Return the line of the grader that raised, as text to put before a message."""
    lines = [
        line
        for frame, line in traceback.walk_tb(problem.__traceback__)
        if frame.f_code.co_filename == FILE
    ]
    return f"{FILE}, line {lines[-1]}: " if lines else f"{FILE}: "


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source, FILE)
    except (SyntaxError, ValueError, RecursionError) as problem:
        line = getattr(problem, "lineno", None)
        text = getattr(problem, "msg", None) or str(problem)
        raise BrokenGrader(f"{FILE}, line {line}: {text}") from problem


def _shipped(tree: ast.Module) -> dict[str, str]:
    try:
        return probes.shipped(_functions(tree))
    except probes.LeftBehind as problem:
        raise BrokenGrader(f"{FILE}: {problem}") from None


def _functions(tree: ast.Module) -> list[Function]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _executed(tree: ast.Module, source: str) -> ModuleType:
    module = ModuleType("grader")
    module.__dict__[asserts.RUNTIME] = asserts
    module.__dict__["__file__"] = FILE
    sys.modules["grader"] = module
    linecache.cache[FILE] = (len(source), None, source.splitlines(True), FILE)
    try:
        exec(compile(tree, FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the author's own code, in a sandbox of its own
    except Exception as problem:
        raise BrokenGrader(f"{where(problem)}{type(problem).__name__}: {problem}") from problem
    return module


def _checks(module: ModuleType) -> list[Check]:
    marked = [value for value in vars(module).values() if hasattr(value, MARK)]
    marked.sort(key=lambda function: function.__code__.co_firstlineno)
    checks = [_check(function) for function in marked]
    return sorted(checks, key=lambda check: not check.about.visible)


def _check(function: Any) -> Check:
    name, about = function.__name__, getattr(function, MARK)
    if not _ID.fullmatch(name):
        raise BrokenGrader(f"{FILE}: {name} needs a name of lower-case letters, digits and _.")
    if not about.name.strip():
        raise BrokenGrader(f"{FILE}: {name} does not say what it checks.")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise BrokenGrader(f"{FILE}: {name} must be a plain function.")
    takes = tuple(inspect.signature(function).parameters)
    if strange := [parameter for parameter in takes if parameter not in _OFFERED]:
        offered = ", ".join(_OFFERED)
        raise BrokenGrader(f"{FILE}: {name} asks for {strange[0]}; there are {offered}.")
    return Check(name, about, function, takes)
