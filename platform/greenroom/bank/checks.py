"""What a question plans to look at, by a grader or by a suite. Both are read, never executed."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from greenroom.bank.faults import Faults


@dataclass(frozen=True)
class PlannedCheck:
    """A check as it is announced. `test`: in an open suite, what pytest calls it."""

    id: str
    name: str
    group: str
    visibility: str
    test: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the check as it is stored."""
        told = {
            "id": self.id,
            "name": self.name,
            "group": self.group,
            "visibility": self.visibility,
        }
        return {**told, "test": self.test} if self.test else told


def parsed(source: str, file: str, faults: Faults) -> ast.Module | None:
    """Return the tree of a Python file, or None and its fault."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        faults.add(file, f"It is not valid Python: {text}.", line=line)
        return None


def refuse_repeated(checks: Iterable[PlannedCheck], file: str, faults: Faults) -> None:
    """Note the checks whose id is there already."""
    seen: set[str] = set()
    for check in checks:
        if check.id in seen:
            faults.add(file, f"Two checks are called {check.id}. Rename one.")
        seen.add(check.id)
