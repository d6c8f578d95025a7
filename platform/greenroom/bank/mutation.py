"""Small changes to an answer, each of which a good grader notices.

Every operator looks at one node of the syntax tree and names what it could change there. A changed
answer may still be right: whoever reads the list of those that got through decides.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

Change = tuple[str, Callable[[], None]]
"""What is done to a node, and doing it in place."""

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_SHOWN = 60


@dataclass(frozen=True)
class Mutation:
    """A changed answer. `name` says where and how; of one file no two have the same."""

    name: str
    source: str


def mutations(source: str) -> list[Mutation]:
    """Return every change of a Python file, one at a time. Raises SyntaxError."""
    unchanged = ast.parse(source)
    seen = {ast.unparse(unchanged)}
    names: set[str] = set()
    found = []
    for number in range(len(_all_changes(unchanged))):
        tree = ast.parse(source)
        name, change = _all_changes(tree)[number]
        change()
        changed = ast.unparse(ast.fix_missing_locations(tree))
        if changed not in seen:
            seen.add(changed)
            found.append(Mutation(_unlike(names, name), changed))
    return found


def _unlike(names: set[str], name: str) -> str:
    """Return the name, numbered where there is one like it."""
    wanted, number = name, 1
    while wanted in names:
        number += 1
        wanted = f"{name} ({number})"
    names.add(wanted)
    return wanted


def _all_changes(tree: ast.Module) -> list[Change]:
    spared = set(chain.from_iterable(map(ast.walk, _spared(tree))))
    found = []
    for node in ast.walk(tree):
        if node not in spared:
            line = getattr(node, "lineno", 1)
            for operator in _OPERATORS:
                found += [(f"line {line}: {what}", change) for what, change in operator(node)]
    return found


def _spared(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what changes nothing for whoever uses the answer: documentation and imports."""
    for node in ast.walk(tree):
        said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if said or isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


# --- the operators ---


def _comparison(node: ast.AST) -> Iterator[Change]:
    """Turn one comparison into its neighbour."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            other = _COMPARISONS[type(operator)]()

            def change(place: int = place, other: ast.cmpop = other) -> None:
                node.ops[place] = other

            yield f"compares otherwise in `{_shown(node)}`", change


def _arithmetic(node: ast.AST) -> Iterator[Change]:
    """Calculate with another operator."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:

        def change() -> None:
            node.op = _ARITHMETIC[type(node.op)]()

        yield f"calculates otherwise in `{_shown(node)}`", change


def _connective(node: ast.AST) -> Iterator[Change]:
    """Turn `and` into `or`, and back."""
    if isinstance(node, ast.BoolOp):

        def change() -> None:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()

        yield f"turns and into or, or back, in `{_shown(node)}`", change


def _condition(node: ast.AST) -> Iterator[Change]:
    """Do the one thing where the other is meant."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):

        def change() -> None:
            node.test = ast.UnaryOp(ast.Not(), node.test)

        yield f"turns the condition `{_shown(node.test)}` round", change


def _number(node: ast.AST) -> Iterator[Change]:
    """Be off by one."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):

        def change() -> None:
            node.value = node.value + 1  # type: ignore[operator] # a number, see above

        yield f"adds 1 to {_shown(node)}", change


def _truth(node: ast.AST) -> Iterator[Change]:
    """Turn True into False, and back."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):

        def change() -> None:
            node.value = not node.value

        yield f"turns {node.value} round", change


def _name(node: ast.AST) -> Iterator[Change]:
    """Use another key, path or column. What reads like a sentence is nobody's contract."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        if text and " " not in text:

            def change() -> None:
                node.value = f"{text}x"

            yield f"writes {text + 'x'!r}", change


def _returned(node: ast.AST) -> Iterator[Change]:
    """Forget what is to be returned."""
    if isinstance(node, ast.Return) and node.value is not None:

        def change() -> None:
            node.value = None

        yield f"returns nothing instead of `{_shown(node.value)}`", change


def _statement(node: ast.AST) -> Iterator[Change]:
    """Forget a call, an assignment to an attribute or item, or to raise."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if not isinstance(block, list):
            continue
        for place, statement in enumerate(block):
            if _can_be_forgotten(statement):

                def change(block: list[ast.stmt] = block, place: int = place) -> None:
                    block[place] = ast.Pass()

                yield f"leaves `{_shown(statement)}` out", change


def _can_be_forgotten(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Await)
    if isinstance(statement, ast.Assign):
        return isinstance(statement.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(statement, ast.Raise | ast.AugAssign)


def _decorator(node: ast.AST) -> Iterator[Change]:
    """Forget a decorator."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for place, decorator in enumerate(node.decorator_list):

            def change(place: int = place) -> None:
                del node.decorator_list[place]

            yield f"leaves @{_shown(decorator)} out", change


def _keyword(node: ast.AST) -> Iterator[Change]:
    """Forget a named argument."""
    if isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):

            def change(place: int = place) -> None:
                del node.keywords[place]

            yield f"leaves {_shown(keyword)} out of `{_shown(node.func)}(...)`", change


def _caught(node: ast.AST) -> Iterator[Change]:
    """Let an exception through."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:

        def change() -> None:
            node.type = ast.Name("GeneratorExit", ast.Load())

        yield f"does not catch {_shown(node.type)}", change


_OPERATORS: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (
    _comparison,
    _arithmetic,
    _connective,
    _condition,
    _number,
    _truth,
    _name,
    _returned,
    _statement,
    _decorator,
    _keyword,
    _caught,
)
