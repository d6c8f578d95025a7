"""The probes of a grader as they travel to the answer's side: each with the probes that it calls,
and nothing else of the grader.
"""

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping

_UNREAD_ANNOTATIONS = "from __future__ import annotations\n"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class LeftBehind(Exception):
    """A probe uses what does not travel with it. The text is for the grader's author."""


def is_probe(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        ast.unparse(decorator).rpartition(".")[2] == "probe" for decorator in node.decorator_list
    )


def shipped(functions: list[Function]) -> dict[str, str]:
    """Return the source of each probe among these functions by name. Raises LeftBehind."""
    bare = {node.name: _bare(node) for node in functions if is_probe(node)}
    uses = {name: _foreign(source) for name, source in bare.items()}
    for name, used in uses.items():
        if strange := sorted(used - bare.keys() - vars(builtins).keys() - {"__name__"}):
            raise LeftBehind(
                f"the probe {name} uses {strange[0]}, which is not there beside the answer. "
                "Import it inside, pass it, or mark it with @probe."
            )
    return {name: _joined(_reached(name, uses), bare) for name in bare}


def _bare(node: Function) -> str:
    """Return a probe without decorator, comments and docstring."""
    copy = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(copy, ast.FunctionDef | ast.AsyncFunctionDef)
    copy.decorator_list = []
    if ast.get_docstring(copy) is not None:
        copy.body = copy.body[1:] or [ast.Pass()]
    return ast.unparse(copy)


def _foreign(source: str) -> set[str]:
    """Return the names that a function looks for outside of itself."""
    return set(_globals(symtable.symtable(_UNREAD_ANNOTATIONS + source, "<probe>", "exec")))


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_global() and symbol.is_referenced():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals(inner)


def _reached(name: str, uses: Mapping[str, set[str]]) -> set[str]:
    reached, ahead = {name}, [name]
    while ahead:
        new = (uses[ahead.pop()] & uses.keys()) - reached
        reached |= new
        ahead += new
    return reached


def _joined(names: set[str], bare: Mapping[str, str]) -> str:
    return "\n\n\n".join(source for name, source in bare.items() if name in names)
