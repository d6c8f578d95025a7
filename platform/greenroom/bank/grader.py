"""What a grader plans, read from its source. It is never executed here: the sandbox does that."""

import ast
import sys
from collections.abc import Collection, Iterator
from typing import Any

from greenroom.bank.checks import PlannedCheck, parsed, refuse_repeated
from greenroom.bank.faults import Faults

HELPERS = "greenroom_runner.harness.grading"
OFFERED = frozenset((*sys.stdlib_module_names, "yaml"))
"""What a grader may import beside its helpers."""
_OPTIONS = {"name": str, "group": str, "visible": bool, "hint": str}


def planned_checks(
    source: str, file: str, services: Collection[str], faults: Faults
) -> tuple[PlannedCheck, ...]:
    """Return a grader's checks in the order in which they run, the visible ones first; whatever
    would keep it from running is a fault. `services` are those that the question lists.
    """
    tree = parsed(source, file, faults)
    if tree is None:
        return ()
    for line, module in _foreign_imports(tree):
        faults.add(
            file, f"It imports {module}. A grader has the standard library and yaml.", line=line
        )
    for line, service in _asked_services(tree):
        if service not in services:
            faults.add(
                file, f"It asks services.{service}, which question.toml does not list.", line=line
            )
    checks = tuple(check for found in tree.body if (check := _check(found, file, faults)))
    refuse_repeated(checks, file, faults)
    if not any(check.visibility == "visible" for check in checks):
        what = "no visible check, so Run has nothing to do" if checks else "no check"
        faults.add(file, f"It has {what}. Add one.")
    return tuple(sorted(checks, key=lambda check: check.visibility != "visible"))


def _check(node: ast.stmt, file: str, faults: Faults) -> PlannedCheck | None:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    for decorator in node.decorator_list:
        if _is_check(decorator):
            faults.add(
                file, 'A check has a name: @check("What it looks at").', line=decorator.lineno
            )
        elif isinstance(decorator, ast.Call) and _is_check(decorator.func):
            return _announced(decorator, node.name, file, faults)
    return None


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "check"


def _announced(call: ast.Call, function: str, file: str, faults: Faults) -> PlannedCheck | None:
    options: dict[str, Any] = {"group": "", "visible": False}
    given: list[tuple[str | None, ast.expr]] = [("name", argument) for argument in call.args]
    given += [(keyword.arg, keyword.value) for keyword in call.keywords]
    for name, value in given:
        kind = _OPTIONS.get(name or "")
        if kind is None:
            faults.add(file, f"@check has no option {name}.", line=value.lineno, field=function)
        elif not isinstance(value, ast.Constant) or type(value.value) is not kind:
            faults.add(
                file,
                f"{name} is written out in @check, as a plain {kind.__name__}.",
                line=value.lineno,
                field=function,
            )
        else:
            options[str(name)] = value.value
    if not options.get("name", "").strip():
        faults.add(file, "The check has no name.", line=call.lineno, field=function)
        return None
    visibility = "visible" if options["visible"] else "hidden"
    return PlannedCheck(function, options["name"], options["group"], visibility)


def _foreign_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in _outside_of_probes(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "."]
        else:
            continue
        for module in modules:
            if module != HELPERS and module.partition(".")[0] not in OFFERED:
                yield node.lineno, module


def _asked_services(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in _outside_of_probes(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="services"), attr=service):
                yield node.lineno, service
            case _:
                pass


def _outside_of_probes(node: ast.AST) -> Iterator[ast.AST]:
    """Go through the tree but not into probes, which run beside the answer with its libraries."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            isinstance(decorator, ast.Name) and decorator.id == "probe"
            for decorator in child.decorator_list
        ):
            continue
        yield child
        yield from _outside_of_probes(child)
