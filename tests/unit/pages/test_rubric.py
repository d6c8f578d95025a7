from typing import Any

import pytest

from greenroom.practice import rubric
from greenroom.practice.rubric import Span, applies, find


def words(text: str, *wordings: str) -> list[str]:
    return [text[span.start : span.end] for span in find(text, wordings)]


@pytest.mark.parametrize(
    ("text", "wording", "found"),
    [
        ("It keeps a Hash of it.", "hash", ["Hash"]),
        ("Hashing is enough.", "hash", ["Hashing"]),
        ("It revokes families at once.", "revok famil", ["revokes families"]),
        ("a `SHA-256` digest", "sha-256", ["SHA-256"]),
        ("a sha 256 digest", "SHA-256", ["sha 256"]),
        ("**single**-use tokens", "single use", ["single**-use"]),
        ("a rehash", "hash", []),
        ("It is valid.", "id", []),
        ("The id is kept.", "id", ["id"]),
        ("An async thing. With a pool.", "async with", []),
        ("async\nwith a pool", "async with", ["async\nwith"]),
        ("async\n\nwith a pool", "async with", []),
        ("One; two", "one two", []),
        ("Straße und Größe", "grösse", ["Größe"]),
        ("STRASSE", "straße", ["STRASSE"]),
        ("", "hash", []),
        ("hash", "", []),
        ("hash", "-", []),
    ],
)
def test_a_wording_is_found_by_the_beginnings_of_its_words(
    text: str, wording: str, found: list[str]
) -> None:
    assert words(text, wording) == found


def test_only_the_first_place_of_each_wording_counts() -> None:
    assert words("hash, digest, hash", "hash", "digest") == ["hash", "digest"]


def test_places_that_overlap_become_one() -> None:
    assert words("it works once only", "works once", "once only") == ["works once only"]


def test_places_come_in_the_order_of_the_text() -> None:
    spans = find("first second", ("second", "first"))
    assert spans == (Span(0, 5), Span(6, 12))


STORED: dict[str, Any] = {
    "key_points": [
        {"id": "hash", "said": ["hash", "digest"]},
        {"id": "cookie", "said": ["httponly"]},
    ],
    "misconceptions": [{"signs": ["with bcrypt"]}, {"signs": ["no table"]}],
}


def test_a_reading_says_what_seems_covered_and_what_sounds_wrong() -> None:
    reading = rubric.read("We hash it with bcrypt.", STORED)
    assert reading.covered == {"hash"}
    assert reading.points["cookie"] == ()
    assert [len(spans) for spans in reading.signs] == [1, 0]


def test_an_empty_answer_and_an_empty_rubric_say_nothing() -> None:
    assert rubric.read("", STORED).covered == frozenset()
    assert rubric.read("hash", {}) == rubric.Reading({}, ())


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("always", True),
        ("said:hash", True),
        ("missed:hash", False),
        ("said:cookie", False),
        ("missed:cookie", True),
    ],
)
def test_a_follow_up_is_asked_by_what_was_said(when: str, asked: bool) -> None:
    assert applies(when, frozenset({"hash"})) is asked


def test_reading_a_long_answer_takes_no_noticeable_time() -> None:
    # Every word is the beginning of every wording, which a naive search would go through squared.
    text = "one " * 12_000
    assert find(text, ["one " * 20 + "two"] * 20) == ()
