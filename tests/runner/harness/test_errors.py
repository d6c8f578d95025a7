"""What an answer raised, as data: its own lines, and a text that the exception cannot bend."""

import asyncio
import importlib
import queue
import struct
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest
import sqlalchemy.exc

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
    assert (found["type"], found["module"]) == ("JSONDecodeError", "json.decoder")
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
    assert found["mro"][:2] == ["json.decoder.JSONDecodeError", "ValueError"]


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


def compiled(text: str, file: str) -> BaseException:
    return raised(lambda: compile(text, file, "exec"))


def test_an_error_of_syntax_ends_where_python_stopped_reading(tmp_path: Path) -> None:
    text, file = "x = 1\n\n  y = 2 +", tmp_path / "parts" / "models.py"
    file.parent.mkdir()
    file.write_text(text)
    problem = compiled(text, str(file))
    found = describe(problem, "syntax", str(tmp_path))
    place = {"file": "parts/models.py", "line": 3, "function": "", "source": "y = 2 +"}
    assert found["frames"] == [place]
    assert found["message"] == "unexpected indent"


@pytest.mark.parametrize("line", [-1, 0, True, "3", 10**300, None])
def test_a_place_that_is_none_is_left_out(tmp_path: Path, line: object) -> None:
    problem = compiled("(", str(tmp_path / "answer.py"))
    problem.lineno = line  # type: ignore[attr-defined]
    assert describe(problem, "raised", str(tmp_path))["frames"] == []


@pytest.mark.parametrize("file", ["<string>", 17, None, Path("answer.py")])
def test_a_place_outside_the_answer_is_left_out(tmp_path: Path, file: object) -> None:
    problem = compiled("(", "<string>")
    problem.filename = file  # type: ignore[attr-defined]
    assert describe(problem, "raised", str(tmp_path))["frames"] == []


@pytest.mark.parametrize(
    ("problem", "module"),
    [
        (ValueError(), ""),
        (struct.error(), "struct"),
        (queue.Empty(), ""),
        (asyncio.CancelledError(), "asyncio.exceptions"),
        (sqlalchemy.exc.NoResultFound(), "sqlalchemy.exc"),
        (raised(lambda: pydantic.TypeAdapter(int).validate_python("x")), "pydantic_core"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_library_is_named_where_python_names_it(problem: BaseException, module: str) -> None:
    assert describe(problem, "raised", "/box/work")["module"] == module


def test_what_the_answer_defines_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "helper.py").write_text("class TooFew(LookupError):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    helper = importlib.import_module("helper")
    monkeypatch.delitem(sys.modules, "helper")
    monkeypatch.setitem(sys.modules, "helper", helper)
    found = describe(helper.TooFew(), "raised", str(tmp_path))
    assert (found["module"], found["mro"][0]) == ("", "helper.TooFew")
    assert describe(helper.TooFew(), "raised", "/elsewhere")["module"] == "helper"


def test_a_module_that_is_no_name_is_left_out(tmp_path: Path) -> None:
    strange = type("Strange", (Exception,), {"__module__": 17})
    assert describe(strange(), "raised", str(tmp_path))["module"] == ""


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
