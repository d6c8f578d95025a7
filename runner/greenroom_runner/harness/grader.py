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

from greenroom_runner.harness import asserts
from greenroom_runner.harness.grading import MARK, About

FILE = "grader.py"
_ID = re.compile(r"[a-z0-9_]{1,100}")
_OFFERED = ("answer", "random", "services")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


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
    """The checks of one question, and the source of each probe by name."""

    checks: list[Check]
    probes: dict[str, str]


def load(source: str) -> Grader:
    """Return the grader in `source`. Raises BrokenGrader."""
    tree = _parsed(source)
    probes = {node.name: _shipped(node) for node in _functions(tree) if _is_probe(node)}
    names = Counter(node.name for node in _functions(tree))
    if twice := [name for name, count in names.items() if count > 1]:
        raise BrokenGrader(f"{FILE} defines {twice[0]} twice.")
    asserts.rewrite(tree, skip=_is_probe)
    checks = _checks(_executed(tree, source))
    if not checks:
        raise BrokenGrader(f"{FILE} has no check.")
    return Grader(checks, probes)


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


def _is_probe(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        ast.unparse(decorator).rpartition(".")[2] == "probe" for decorator in node.decorator_list
    )


def _shipped(node: _Function) -> str:
    """Return a probe as it travels: without decorator, comments and docstring."""
    bare = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(bare, ast.FunctionDef | ast.AsyncFunctionDef)
    bare.decorator_list = []
    if ast.get_docstring(bare) is not None:
        bare.body = bare.body[1:] or [ast.Pass()]
    return ast.unparse(bare)


def _functions(tree: ast.Module) -> list[_Function]:
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
