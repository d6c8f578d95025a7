"""A grader becomes the pytest file with the same checks, and that file is honest."""

from pathlib import Path

import pytest

from greenroom.commands.benching.plain import PlainPytest, plain_tests
from greenroom.core.errors import GreenroomError

GRADER = '''"""Checks for a question about sums."""

from random import Random

from greenroom_runner.harness.grading import Answer, AnswerError, Reply, check, probe

LIMIT = 5


@probe
def doubled(answer, number):
    return answer.add(number, number)


@check("It adds", group="basics", visible=True)
def adds(answer: Answer, random: Random) -> None:
    number = random.randint(1, LIMIT)
    assert answer.call("add", number, 1) == number + 1, "One more."


@check("It adds a number to itself")
def doubles(answer: Answer) -> None:
    assert answer.probe(doubled, 4) == 8, "Twice four."


@check("It refuses text")
def refuses_text(answer: Answer) -> None:
    try:
        answer.call("add", 1, "2")
    except AnswerError as error:
        assert error.is_a("TypeError")
        assert error.type == "TypeError"
    else:
        raise AssertionError("Text is no number.")
'''
RIGHT = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return a * b\n"
APP = """from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def home() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/broken")
async def broken() -> None:
    raise LookupError("gone")
"""
APP_GRADER = """
@check("It greets")
def greets(answer: Answer) -> None:
    reply = answer.http.get("/")
    assert (reply.status, reply.json()) == (200, {"hello": "world"})
    assert answer.http.get("/broken").status == 500
"""


def test_runs_every_check(tmp_path: Path) -> None:
    seconds, passed = PlainPytest(tmp_path / "plain", GRADER, RIGHT).run()
    assert passed == 3
    assert seconds > 0


def test_a_wrong_answer_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(GreenroomError, match="test_adds"):
        PlainPytest(tmp_path / "plain", GRADER, WRONG).run()


def test_an_app_is_asked_by_the_test_client(tmp_path: Path) -> None:
    assert PlainPytest(tmp_path / "plain", APP_GRADER, APP).run()[1] == 1


def test_only_checks_become_tests() -> None:
    text = plain_tests(GRADER)
    assert "def test_adds(" in text
    assert "def doubled(" in text
    assert "greenroom_runner" not in text
