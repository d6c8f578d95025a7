import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.web import text

BIDIRECTIONAL_CONTROLS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x00", r"\x00"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\u202etxt.exe\u202c", r"\u202etxt.exe\u202c"),
        ("\ud800", r"\ud800"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("\U000e0041", r"\U000e0041"),
        ("\r", r"\x0d"),
        ("one\r\ntwo\tthree\nfour", "one\ntwo\tthree\nfour"),
        ("ἀγορά 日本 🦎", "ἀγορά 日本 🦎"),
    ],
)
def test_what_would_hide_is_written_out(hostile: str, shown: str) -> None:
    assert text.visible(hostile) == shown


def test_a_line_is_cut_and_says_by_how_much() -> None:
    assert text.visible("A" * 2_001) == "A" * 2_000 + " [1 more character not shown]"
    assert text.visible("A" * 2_000) == "A" * 2_000


def test_lines_are_cut_and_counted() -> None:
    shown = text.visible("\n".join(str(number) for number in range(403))).split("\n")
    assert shown[399] == "399"
    assert shown[400:] == ["[3 more lines not shown]"]


def test_a_text_is_cut_and_counted() -> None:
    lines = "\n".join(["x" * 999] * 70)  # 70 times 1,000 characters, without the last line feed
    assert text.visible(lines).endswith("\n[5,999 more characters not shown]")


def test_one_line_keeps_to_one_line() -> None:
    assert text.visible_line("one\ntwo\r\nthree") == r"one\ntwo\nthree"


def hides(character: str) -> bool:
    reorders = unicodedata.bidirectional(character) in BIDIRECTIONAL_CONTROLS
    return reorders or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(st.characters(codec=None), max_size=300))
def test_nothing_hides_whatever_comes(anything: str) -> None:
    shown = text.visible(anything)
    assert not [each for each in shown if each not in "\n\t" and hides(each)]
    assert "\n" not in text.visible_line(anything)


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(None, ""), (0.42, "0.4 ms"), (38.4, "38 ms"), (999.4, "999 ms"), (1240, "1.24 s")],
)
def test_times_are_as_short_as_they_can_be(ms: float | None, shown: str) -> None:
    assert text.milliseconds(ms) == shown


def test_amounts() -> None:
    assert text.seconds(None) == ""
    assert text.seconds(310) == "0.31 s"
    assert text.mebibytes(None) == ""
    assert text.mebibytes(100) == "1 MiB"
    assert text.mebibytes(61_440) == "60 MiB"
    assert text.plural(1, "check") == "1 check"
    assert text.plural(1_200, "check") == "1,200 checks"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Byron", "AB"),
        ("ada@example.com", "A"),
        ("Ada King Lovelace", "AL"),
        ("", "?"),
        ("42", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert text.initials(name) == letters


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ((), "No checks yet"),
        (("passed",), "1 of 1 check passed"),
        (("passed", "failed", "running", "waiting"), "1 of 4 checks passed, 1 failed, 1 running"),
    ],
)
def test_a_tick_strip_in_words(states: tuple[str, ...], sentence: str) -> None:
    assert text.strip_sentence(states) == sentence
