"""Every rubric on disk keeps the promises that the README of the question bank makes to its reader.

That the examples in model answers run is proved in tests/bank/test_proof.py.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

BANK = Path(__file__).parents[2] / "question_bank"
RUBRICS = [pytest.param(path, id=path.parent.name) for path in sorted(BANK.glob("*/*/rubric.toml"))]
NO_LETTERS = re.compile(r"[^\w']+")


def read(path: Path) -> dict[str, Any]:
    """One rubric, as it stands on disk."""
    return tomllib.loads(path.read_text("utf-8"))


def plain(text: str) -> str:
    """Lower case, one blank around every word, so that a wording is found at a word's start."""
    return f" {NO_LETTERS.sub(' ', text.casefold()).strip()} "


def wordings(text: str, listed: list[str]) -> list[str]:
    """Those of the listed wordings that begin at the start of a word of the text."""
    return [wording for wording in listed if plain(wording).rstrip() in plain(text)]


@pytest.fixture(params=RUBRICS)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_a_model_answer_is_of_a_length_that_can_be_said(path: Path) -> None:
    assert 200 <= len(read(path)["model_answer"].split()) <= 500


def test_a_model_answer_makes_every_key_point(path: Path) -> None:
    rubric = read(path)
    missed = [
        p["id"] for p in rubric["key_points"] if not wordings(rubric["model_answer"], p["said"])
    ]
    assert missed == []


def test_a_model_answer_makes_none_of_the_mistakes(path: Path) -> None:
    rubric = read(path)
    made = [wordings(rubric["model_answer"], m["signs"]) for m in rubric["misconceptions"]]
    assert [signs for signs in made if signs] == []


def test_the_question_alone_makes_no_key_point(path: Path) -> None:
    """Repeating the question must not look like an answer to it."""
    title = tomllib.loads(path.with_name("question.toml").read_text("utf-8"))["title"]
    assert [p["id"] for p in read(path)["key_points"] if wordings(title, p["said"])] == []


def test_key_points_and_follow_ups_are_whole(path: Path) -> None:
    rubric = read(path)
    ids = [point["id"] for point in rubric["key_points"]]
    assert 4 <= len(set(ids)) == len(ids) <= 7
    assert all(1 <= point["weight"] <= 3 and point["why"] for point in rubric["key_points"])
    assert rubric["misconceptions"]
    assert rubric["sources"]
    known = {"always"} | {f"{kind}:{point}" for kind in ("missed", "said") for point in ids}
    assert len(rubric["follow_ups"]) == 3
    assert {follow_up["when"] for follow_up in rubric["follow_ups"]} <= known
