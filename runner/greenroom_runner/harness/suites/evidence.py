"""What is told of a test that did not pass: its sentence, what was seen and expected, and the lines
of the answer and of the test.

The values are the answer's own, so each may raise when it is looked at.
"""

import unittest.case
from collections.abc import Collection
from dataclasses import dataclass
from traceback import walk_tb
from types import TracebackType
from typing import Any

import pytest

from greenroom_runner.harness.asserts import sides
from greenroom_runner.harness.compare import show
from greenroom_runner.harness.differences import difference
from greenroom_runner.harness.errors import MAX_SHOWN, describe, inside, message_of, own_frames
from greenroom_runner.harness.observing import AnswerError

Evidence = dict[str, Any]
"""Plain values: status, message, error, expected, actual, diff, traceback, outer_frames."""

MAX_LINES = 12
_MAX_VALUE = 240
_MAX_CASE = 80
_RAISED = "The answer raised an error."
_UNSHOWABLE = "(its value cannot be shown)"
_SYMBOLS = {
    "assertEqual": "==",
    "assertListEqual": "==",
    "assertTupleEqual": "==",
    "assertSequenceEqual": "==",
    "assertSetEqual": "==",
    "assertDictEqual": "==",
    "assertMultiLineEqual": "==",
    "assertCountEqual": "==",
    "assertAlmostEqual": "==",
    "assertNotEqual": "!=",
    "assertNotAlmostEqual": "!=",
    "assertIs": "is",
    "assertIsNot": "is not",
    "assertIn": "in",
    "assertNotIn": "not in",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
}
"""How a method of unittest's TestCase compares its first two arguments."""


@dataclass(frozen=True)
class Compared:
    """A comparison that did not hold. What was seen stands on the left."""

    symbol: str
    left: object
    right: object

    @property
    def text(self) -> str:
        """Both values on one line."""
        return f"{_line(self.left)} {self.symbol} {_line(self.right)}"


def passed() -> Evidence:
    """Return what is told of a test that passed."""
    return _evidence("passed", "")


def failed(message: str) -> Evidence:
    """Return what is told of a test of which no more than a sentence is known."""
    return _evidence("failed", message)


def in_case(found: Evidence, case: str) -> Evidence:
    """Return what was found, with the name of the case that it was found in."""
    return {**found, "message": f"Case {case[:_MAX_CASE]}: {found['message']}"}


def of(
    problem: BaseException, folder: str, suite: Collection[str], compared: Compared | None
) -> Evidence:
    """Return what is told of a test that ended with `problem`. `folder` holds the answer's files
    and those of the `suite`; `compared` is the comparison that pytest looked at last.

    An assertion of the test that does not hold is a failure. Anything else is an error, an
    assertion within the answer too.
    """
    trace = _from_first_own(problem.__traceback__, folder)
    frames, outer = own_frames(trace, folder)
    lines = {"traceback": frames[-MAX_SHOWN:], "outer_frames": outer}
    asserts = isinstance(problem, AssertionError | pytest.fail.Exception)
    if asserts and frames and frames[-1]["file"] in suite:
        return {**_failed(problem, trace, compared), **lines}
    error = describe(problem, "raised", folder)
    error["message"] = error["message"].replace(f"{folder}/", "")
    told = {"traceback": error["frames"], "outer_frames": outer}
    return {**_evidence("error", _RAISED), "error": str(AnswerError(error)), **told}


def text_of(reason: object) -> str:
    """Return why a test was skipped, in words."""
    return message_of(reason) if isinstance(reason, BaseException) else str(reason)


def _failed(
    problem: BaseException, trace: TracebackType | None, compared: Compared | None
) -> Evidence:
    said, explained = _said(problem)
    asserted = _asserted(trace)
    if asserted is not None:
        compared, said = asserted
        said = said or explained.partition("\n")[0]
    elif compared is None or compared.text not in explained:
        compared = None
    found = _evidence("failed", said or explained or "An assertion does not hold.")
    return found if compared is None else {**found, **_values(compared)}


def _said(problem: BaseException) -> tuple[str, str]:
    """Return the sentence that the author gave an assertion, and what pytest or unittest say."""
    text = message_of(problem)
    said, separator, explained = text.rpartition("\nassert ")
    if separator:
        return said, _cut(f"assert {explained}")
    return "", _cut(text)


def _asserted(trace: TracebackType | None) -> tuple[Compared, str] | None:
    """Return what a method of TestCase compared, and the sentence that the author gave it."""
    for frame, _ in walk_tb(trace):
        code = frame.f_code
        if code.co_filename == unittest.case.__file__ and code.co_name in _SYMBOLS:
            left, right = (frame.f_locals.get(name) for name in code.co_varnames[1:3])
            said = frame.f_locals.get("msg")
            symbol = _SYMBOLS[code.co_name]
            return Compared(symbol, left, right), said if isinstance(said, str) else ""
    return None


def _values(compared: Compared) -> Evidence:
    try:
        return _shown(compared)
    except MemoryError:
        raise
    except BaseException:
        return {"actual": _line(compared.left), "expected": _line(compared.right)}


def _shown(compared: Compared) -> Evidence:
    if compared.symbol == "==":
        seen, expected = sides(compared.left, compared.right)
        differs = difference(compared.left, compared.right)
        return {"actual": seen, "expected": expected, "diff": differs}
    wanted = show(compared.right)
    expected = wanted if compared.symbol == "is" else f"{compared.symbol} {wanted}"
    return {"actual": show(compared.left), "expected": expected}


def _line(value: object) -> str:
    try:
        text = " ".join(repr(value).split())
    except MemoryError:
        raise
    except BaseException:
        return _UNSHOWABLE
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE]}..."


def _from_first_own(trace: TracebackType | None, folder: str) -> TracebackType | None:
    """Leave out how pytest came to the test."""
    own = trace
    while own is not None and inside(own.tb_frame.f_code.co_filename, folder) is None:
        own = own.tb_next
    return own or trace


def _cut(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:MAX_LINES], "..."] if len(lines) > MAX_LINES else lines)


def _evidence(status: str, message: str) -> Evidence:
    return {
        "status": status,
        "message": message,
        "error": "",
        "expected": None,
        "actual": None,
        "diff": None,
        "traceback": [],
        "outer_frames": 0,
    }
