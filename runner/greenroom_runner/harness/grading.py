"""What a `grader.py` imports: `check` and `probe`, `raises`, and the types of what it meets.

A check is a function marked with `@check`; it looks at the answer and asserts. A probe is a
function marked with `@probe`; its source travels to the answer's side and runs there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.observing import Answer, AnswerError, ServiceError, Services
from greenroom_runner.harness.replies import Cookie, Headers, Reply
from greenroom_runner.harness.streaming import Event, Stream

__all__ = [
    "Answer",
    "AnswerError",
    "Cookie",
    "Event",
    "Headers",
    "Reply",
    "ServiceError",
    "Services",
    "Stream",
    "check",
    "probe",
    "raises",
]

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
    """Mark a function as a check. `name` is a sentence about behaviour, `group` the heading that it
    stands under, `hint` what a candidate reads when it did not pass. Of a check that is not
    `visible`, name and hint are all that is shown.
    """
    about = About(name, group, visible, hint)

    def mark(function: _Function) -> _Function:
        function.__dict__[MARK] = about
        return function

    return mark


@contextmanager
def raises(name: str, message: str = "") -> Iterator[None]:
    """Pass when the answer raises an exception with this type name, or one of its bases'; else the
    check fails with `message`.
    """
    try:
        yield
    except AnswerError as error:
        if error.kind != "raised":
            raise
        if not error.is_a(name):
            raise CheckFailed(message or f"It should raise {name}.", str(error), name) from None
    else:
        raise CheckFailed(message or f"It should raise {name}.", "nothing was raised", name)


def probe(function: _Function) -> _Function:
    """Mark a function as one that runs beside the answer."""
    return function
