"""The bank holds the whole curriculum, every topic and question in the words it was asked in.

The files are read with tomllib alone, so that a fault in the loader cannot hide a missing question.
"""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
BANK = HERE.parents[1] / "question_bank"
EXPECTED: list[dict[str, Any]] = tomllib.loads((HERE / "curriculum.toml").read_text("utf-8"))[
    "topics"
]
EXPECTED_QUESTIONS = [
    pytest.param(topic, question, id=question["key"])
    for topic in EXPECTED
    for question in topic["questions"]
]


def read(path: Path) -> dict[str, Any]:
    """One TOML file of the bank."""
    return tomllib.loads(path.read_text("utf-8"))


def questions(topic_slug: str = "*") -> dict[Path, dict[str, Any]]:
    """Every question.toml of a topic, or of the whole bank, by its folder."""
    return {path.parent: read(path) for path in BANK.glob(f"{topic_slug}/*/question.toml")}


def test_the_expected_table_is_whole() -> None:
    keys = [question["key"] for topic in EXPECTED for question in topic["questions"]]
    assert [topic["number"] for topic in EXPECTED] == list(range(1, 39))
    assert keys == [f"{number}.{line}" for number in range(1, 39) for line in range(1, 4)]


def test_no_topic_is_missing_or_extra() -> None:
    on_disk = {path.parent.name for path in BANK.glob("*/topic.toml")}
    assert on_disk == {topic["slug"] for topic in EXPECTED}


@pytest.mark.parametrize("expected", EXPECTED, ids=[topic["slug"] for topic in EXPECTED])
def test_a_topic_is_in_the_words_of_the_curriculum(expected: dict[str, Any]) -> None:
    found = read(BANK / expected["slug"] / "topic.toml")
    fields = ("number", "title", "section", "blurb")
    assert {field: found[field] for field in fields} == {field: expected[field] for field in fields}


@pytest.mark.parametrize(("topic", "expected"), EXPECTED_QUESTIONS)
def test_a_question_is_in_the_words_of_the_curriculum(
    topic: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = [q for q in questions(topic["slug"]).values() if q.get("key") == expected["key"]]
    assert len(found) == 1, f"{expected['key']} should be in {topic['slug']} exactly once."
    assert (found[0]["kind"], found[0]["title"]) == (expected["kind"], expected["text"])


def test_ids_keys_and_slugs_are_unique() -> None:
    for field in ("id", "key", "slug"):
        values = Counter(question[field] for question in questions().values() if field in question)
        assert [value for value, times in values.items() if times > 1] == []


def test_a_folder_is_named_after_its_question_and_says_the_line() -> None:
    for folder, question in questions().items():
        assert (folder / "statement.md").read_text("utf-8").strip(), folder
        if "key" in question:
            assert folder.name == f"{question['key'].replace('.', '-')}-{question['slug']}"
            assert question["id"] == f"q-{question['key'].replace('.', '-')}"


def test_many_explain_questions_can_be_shown_in_code() -> None:
    shown = {question["shows"] for question in questions().values() if "shows" in question}
    explained = {
        question["key"]
        for question in questions().values()
        if question["kind"] == "explain" and question["title"].startswith("How do you")
    }
    assert shown <= explained
    assert len(shown) >= 15


def test_prerequisites_are_topics_and_never_run_in_a_circle() -> None:
    needs = {
        t["slug"]: read(BANK / t["slug"] / "topic.toml").get("prerequisites", []) for t in EXPECTED
    }
    learned: set[str] = set()
    while ready := {
        slug for slug in needs if slug not in learned and learned.issuperset(needs[slug])
    }:
        learned |= ready
    assert learned == set(needs)
