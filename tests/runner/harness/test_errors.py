"""What an answer raised, as data: its own lines, and a text that the exception cannot bend."""

from pathlib import Path
from typing import Any

import pytest

from greenroom_runner.harness.errors import MAX_MESSAGE, describe, inside, message_of, plain_error

ANSWER = """
import json

class TooFew(LookupError):
    pass

def deep(count):
    return deep(count - 1) if count else json.loads("{")

def few():
    try:
        raise TooFew("three")
    finally:
        pass

def grouped():
    raise ExceptionGroup("all", [ExceptionGroup("inner", [TooFew("one")])])
"""


@pytest.fixture
def answer(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "answer.py").write_text(ANSWER)
    names: dict[str, Any] = {"__name__": "answer"}
    exec(compile(ANSWER, str(tmp_path / "answer.py"), "exec"), names)
    return names


def raised(call: Any) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 any of them is described
        call()
    return caught.value


def test_shows_the_candidates_lines_and_counts_the_others(
    answer: dict[str, Any], tmp_path: Path
) -> None:
    found = describe(raised(lambda: answer["deep"](1)), "raised", str(tmp_path))
    assert (found["type"], found["line"]) == ("JSONDecodeError", 8)
    assert (
        found["frames"]
        == [
            {
                "file": "answer.py",
                "line": 8,
                "function": "deep",
                "source": 'return deep(count - 1) if count else json.loads("{")',
            }
        ]
        * 2
    )
    assert found["outer_frames"] >= 3
    assert found["mro"][:2] == ["JSONDecodeError", "ValueError"]


def test_keeps_the_innermost_lines_of_a_deep_recursion(
    answer: dict[str, Any], tmp_path: Path
) -> None:
    found = describe(raised(lambda: answer["deep"](100)), "raised", str(tmp_path))
    assert len(found["frames"]) == 20


def test_looks_through_groups_that_hold_one(answer: dict[str, Any], tmp_path: Path) -> None:
    found = describe(raised(answer["grouped"]), "raised", str(tmp_path))
    assert (found["type"], found["message"]) == ("TooFew", "one")
    pair = ExceptionGroup("two", [ValueError(), TypeError()])
    assert describe(pair, "raised", str(tmp_path))["type"] == "ExceptionGroup"


def test_an_error_of_syntax_tells_its_own_line(tmp_path: Path) -> None:
    file = str(tmp_path / "answer.py")
    found = describe(
        raised(lambda: compile("x = 1\n\ny = 2 +", file, "exec")), "syntax", str(tmp_path)
    )
    assert (found["line"], found["frames"]) == (3, [])
    assert found["message"] == "invalid syntax"
    elsewhere = raised(lambda: compile("(", "<string>", "exec"))
    assert describe(elsewhere, "raised", str(tmp_path))["line"] is None


class Loud(Exception):
    def __str__(self) -> str:
        raise SystemExit


class Subclass(str):
    __slots__ = ()


class Odd(Exception):
    def __str__(self) -> str:
        return Subclass("x")


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (Loud(), "(its text cannot be shown)"),
        (Odd(), ""),
        (ValueError("x" * 10_000), "x" * MAX_MESSAGE),
        (SyntaxError("bad"), "bad"),
        (ValueError("\ud800\x00"), "\ud800\x00"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_text_of_an_exception_is_plain_or_missing(problem: Exception, message: str) -> None:
    found = message_of(problem)
    assert found == message
    assert type(found) is str


def test_errors_of_the_harness_have_the_same_form(tmp_path: Path) -> None:
    made = plain_error("missing", "AttributeError", "x" * 10_000)
    assert made.keys() == describe(ValueError(), "raised", str(tmp_path)).keys()
    assert len(made["message"]) == MAX_MESSAGE


def test_a_file_beside_the_folder_is_not_inside() -> None:
    assert inside("/box/work/a/b.py", "/box/work") == "a/b.py"
    assert inside("/box/workshop/a.py", "/box/work") is None
    assert inside(None, "/box/work") is None
