"""Plain `assert` statements that say what was seen, what was expected and how the two differ.

A grader's asserts are rewritten before it is compiled. `==` asks for exact types; every other
comparison means what it means in Python.
"""

import ast
import operator
from collections.abc import Callable
from typing import Any

from greenroom_runner.harness.compare import same, show
from greenroom_runner.harness.differences import difference

RUNTIME = "__asserts__"
"""The name under which a rewritten module finds this one."""

_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": same,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}
_LITERALS = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Constant)


class CheckFailed(AssertionError):
    """An assertion that did not hold, with what is to be shown of it."""

    def __init__(
        self,
        message: str,
        seen: str | None = None,
        expected: str | None = None,
        diff: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.seen = seen
        self.expected = expected
        self.diff = diff


def rewrite(tree: ast.Module, skip: Callable[[ast.AST], bool]) -> None:
    """Rewrite every assert in `tree`, except within the functions that `skip` names."""
    _Rewriter(skip).visit(tree)
    ast.fix_missing_locations(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, skip: Callable[[ast.AST], bool]) -> None:
        self._skip = skip

    def visit(self, node: ast.AST) -> Any:
        return node if self._skip(node) else super().visit(node)

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        test = node.test
        match test:
            case ast.BoolOp(op=ast.And(), values=parts):
                pass
            case _:
                parts = [test]
        return [ast.copy_location(ast.Expr(_call(part, node.msg)), node) for part in parts]


def _call(test: ast.expr, message: ast.expr | None) -> ast.Call:
    """Return the call that stands in for the assertion of `test`."""
    name, arguments = _kind(test)
    no_arguments = ast.arguments([], [], None, [], [], None, [])
    lazily = ast.Lambda(no_arguments, message) if message else ast.Constant(None)
    function = ast.Attribute(ast.Name(RUNTIME, ast.Load()), name, ast.Load())
    return ast.Call(function, [*arguments, lazily, ast.Constant(ast.unparse(test))], [])


def _kind(test: ast.expr) -> tuple[str, list[ast.expr]]:
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            symbol = ast.Constant(_SYMBOLS[type(op)])
            fixed = ast.Constant(isinstance(right, _LITERALS))
            return "compare", [left, symbol, right, fixed]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return "is_false", [operand]
        case ast.Call(func=ast.Name(id="isinstance"), args=[value, kinds], keywords=[]):
            return "is_instance", [value, kinds]
        case _:
            return "is_true", [test]


Message = Callable[[], object] | None


def compare(left: Any, symbol: str, right: Any, fixed: bool, message: Message, source: str) -> None:
    """Assert `left <symbol> right`. `fixed` says that the right side is written out in the
    grader.
    """
    if _OPERATORS[symbol](left, right):
        return
    said = _said(message, source)
    if symbol == "==":
        raise CheckFailed(said, *sides(left, right), difference(left, right))
    if symbol in ("in", "not in") and not fixed:
        raise CheckFailed(said, show(right))
    wanted = show(right) if symbol == "is" else f"{symbol} {show(right)}"
    raise CheckFailed(said, show(left), wanted)


def is_true(value: Any, message: Message, source: str) -> None:
    if not value:
        raise CheckFailed(_said(message, source), show(value))


def is_false(value: Any, message: Message, source: str) -> None:
    if value:
        raise CheckFailed(_said(message, source), show(value))


def is_instance(value: Any, kinds: Any, message: Message, source: str) -> None:
    if not isinstance(value, kinds):
        name = getattr(kinds, "__name__", str(kinds))
        raise CheckFailed(_said(message, source), show(value), f"a value of type {name}")


def _said(message: Message, source: str) -> str:
    return source if message is None else str(message())


def sides(seen: Any, expected: Any) -> tuple[str, str]:
    """Return both sides as text, with their types where only these differ."""
    left, right = show(seen), show(expected)
    if left == right or bool(seen == expected):
        return f"{left} ({type(seen).__name__})", f"{right} ({type(expected).__name__})"
    return left, right
