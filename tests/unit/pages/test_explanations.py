import pytest

from greenroom.core.errors import InvalidInputError, TooLargeError
from greenroom.practice.explain_views import count_words, rating_word, statement_of
from greenroom.practice.explanations import MAX_CHARACTERS, checked, points_of, storable
from tests.unit.pages.explained import VERSION


def test_an_answer_is_kept_as_it_was_typed() -> None:
    assert checked("One.\r\n\r\n  Two. 🎭") == "One.\n\n  Two. 🎭"


@pytest.mark.parametrize("empty", ["", "   \n\t ", "\r\n"])
def test_an_empty_answer_is_refused_with_what_to_do(empty: str) -> None:
    with pytest.raises(InvalidInputError, match="Write a sentence or two"):
        checked(empty)


def test_a_huge_answer_is_refused_with_its_size() -> None:
    assert checked("x" * MAX_CHARACTERS)
    with pytest.raises(TooLargeError, match=r"1,000,000 characters, and 50,000"):
        checked("x" * 1_000_000)


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
def test_what_no_database_holds_is_taken_out_and_said(bad: str) -> None:
    with pytest.raises(InvalidInputError, match="1 invisible character that cannot"):
        checked(bad)
    assert storable(bad) == "ab"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one", 1), ("It's a well-known `on_event`.", 4), ("… — !", 0), ("grün  блок 猫", 3)],
)
def test_words_are_counted_as_people_count_them(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_rating_in_a_word() -> None:
    assert rating_word("again") == "Again"
    assert rating_word(None) == ""


def test_the_points_of_a_rubric_and_of_none() -> None:
    assert points_of(VERSION.rubric) == ("hash-only", "rotation")
    assert points_of(None) == ()


@pytest.mark.parametrize(
    ("title", "html", "left"),
    [
        ("What is `x`?", "<p>What is <code>x</code>?</p>\n<p>Say more.</p>", "<p>Say more.</p>"),
        ("What is `x`?", "<p>What is <code>x</code>?</p>\n", ""),
        ("What is it?", "<p>Something else.</p>", "<p>Something else.</p>"),
        ("What is it?", "<h2>What is it?</h2>", "<h2>What is it?</h2>"),
    ],
)
def test_a_statement_does_not_repeat_its_title(title: str, html: str, left: str) -> None:
    version = type(VERSION)(title=title, statement_html=html)
    assert statement_of(version) == left
