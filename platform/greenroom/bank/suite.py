"""What an open suite plans, read from its files as pytest would find it. They are never executed
here: the sandbox does that.

A check is a test function, or a method of a test class; its parametrized cases run inside it. What
comes to be only when the files run is no check.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenroom.bank.checks import PlannedCheck, parsed, refuse_repeated
from greenroom.bank.faults import Faults
from greenroom.bank.package import Files

SUITE = "suite"
MAX_FILES = 16
MAX_TESTS = 200
_MAX_ID = 100
_MAX_NAME = 200
_LEFT_OUT = frozenset(("skip", "xfail", "expectedFailure"))
"""Marks of tests that say nothing of an answer, whatever their module is called."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Classes = Mapping[str, ast.ClassDef]


@dataclass(frozen=True)
class _Test:
    """A test, and where it is: file, classes from the outermost, function."""

    places: tuple[str, ...]
    function: _Function

    def check(self, depth: int) -> PlannedCheck:
        file, *inside = self.places
        own = "_".join((file.removesuffix(".py"), *inside)[-depth:]).lower()
        return PlannedCheck(
            id=re.sub(r"[^a-z0-9_]", "_", own)[:_MAX_ID],
            name=_sentence(self.function),
            group="::".join(inside[:-1]),
            visibility="visible",
            test="::".join(self.places),
        )


def planned_tests(
    suite: Files, answer_files: Sequence[str], place: str, faults: Faults
) -> tuple[PlannedCheck, ...]:
    """Return a suite's checks in order; whatever would keep it from running is a fault. `place` is
    the folder of the files, which will lie beside those of the answer.
    """
    if len(suite) > MAX_FILES:
        faults.add(place, f"It has more than {MAX_FILES} files. Remove some.")
    for name in suite:
        if "/" in name:
            faults.add(f"{place}/{name}", "A suite has no folders. Put the file beside the tests.")
        elif name in answer_files:
            faults.add(f"{place}/{name}", "A file of the answer has this name. Choose another.")
    tests = [
        test
        for name in sorted(suite)
        if is_test_file(name)
        for test in _tests(name, suite[name], f"{place}/{name}", faults)
    ]
    if not tests and not faults.of(place):
        faults.add(place, "It has no test. Write a test_*.py with functions called test_...")
    if len(tests) > MAX_TESTS:
        faults.add(place, f"It has more than {MAX_TESTS} tests. Remove some.")
    checks = _told_apart(tests)
    refuse_repeated(checks, place, faults)
    return checks


def is_test_file(name: str) -> bool:
    """Say whether pytest looks for tests in a file of this name."""
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def _told_apart(tests: Sequence[_Test]) -> tuple[PlannedCheck, ...]:
    """Return the checks: called after their functions alone, or where that is not enough to tell
    them apart, after classes and files as well.
    """
    deepest = max((len(test.places) for test in tests), default=1)
    checks: tuple[PlannedCheck, ...] = ()
    for depth in range(1, deepest + 1):
        checks = tuple(test.check(depth) for test in tests)
        if len({check.id for check in checks}) == len(checks):
            break
    return checks


def _tests(name: str, source: str, file: str, faults: Faults) -> Iterator[_Test]:
    tree = parsed(source, file, faults)
    if tree is None:
        return
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node, (name,), classes)
        elif isinstance(node, _Function) and _is_test(node):
            yield _Test((name, node.name), node)
            if isinstance(node, ast.AsyncFunctionDef):
                sentence = "pytest alone runs no async test. Use unittest.IsolatedAsyncioTestCase."
                faults.add(file, sentence, line=node.lineno, field=node.name)


def _of_class(node: ast.ClassDef, above: tuple[str, ...], classes: _Classes) -> Iterator[_Test]:
    lineage = _lineage(node, classes)
    if _is_left_out(node) or not _is_test_class(node, lineage):
        return
    for method in _methods(lineage).values():
        yield _Test((*above, node.name, method.name), method)
    for member in node.body:
        if isinstance(member, ast.ClassDef):
            yield from _of_class(member, (*above, node.name), classes)


def _lineage(node: ast.ClassDef, classes: _Classes) -> list[ast.ClassDef]:
    """Return a class behind its bases, as far as they are in the same file."""
    found = [node]
    for one in found:
        found += [classes[b] for b in _bases(one) if b in classes and classes[b] not in found]
    return found[::-1]


def _methods(lineage: Sequence[ast.ClassDef]) -> dict[str, _Function]:
    """Return the tests of a class by name, in the order in which they are found."""
    found: dict[str, _Function] = {}
    for member in (member for one in lineage for member in one.body):
        if isinstance(member, _Function):
            found.pop(member.name, None)
            if _is_test(member):
                found[member.name] = member
    return found


def _is_test_class(node: ast.ClassDef, lineage: Sequence[ast.ClassDef]) -> bool:
    known = (base for one in lineage for base in _bases(one))
    return node.name.startswith("Test") or any(base.endswith("TestCase") for base in known)


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def _is_test(function: _Function) -> bool:
    return function.name.startswith("test") and not _is_left_out(function)


def _is_left_out(node: _Function | ast.ClassDef) -> bool:
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    return any(ast.unparse(mark).rpartition(".")[2] in _LEFT_OUT for mark in marks)


def _sentence(function: _Function) -> str:
    """Return what a test says of itself, or its name in words."""
    said = (ast.get_docstring(function) or "").partition("\n")[0].strip()
    words = function.name.removeprefix("test").strip("_").replace("_", " ")
    return (said or words[:1].upper() + words[1:] or function.name)[:_MAX_NAME]
