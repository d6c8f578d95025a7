"""What a `grader.py` imports: `Answer`, `AnswerError`, `Reply`, `check`, `probe`.

A check is a function marked with `@check`; it looks at the answer and asserts. A probe is a
function marked with `@probe`; its source travels to the answer's side and runs there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from greenroom_runner.harness.observing import Answer, AnswerError
from greenroom_runner.harness.replies import Headers, Reply

__all__ = ["Answer", "AnswerError", "Headers", "Reply", "check", "probe"]

MARK = "__greenroom_check__"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class About:
    """What a check says of itself."""

    name: str
    group: str
    visible: bool
    hint: str


def check(
    name: str, *, group: str = "", visible: bool = False, hint: str = ""
) -> Callable[[_Function], _Function]:
    """Mark a function as a check. `name` is a sentence about behaviour."""
    about = About(name, group, visible, hint)

    def mark(function: _Function) -> _Function:
        function.__dict__[MARK] = about
        return function

    return mark


def probe(function: _Function) -> _Function:
    """Mark a function as one that runs beside the answer."""
    return function
