"""The one door for text that hostile code wrote: what cannot be seen is written out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.events import EVENT, MAX_TEXT, Check, Finished, Frame, visible

ANYTHING = st.text(st.characters(exclude_categories=()))
HIDDEN = {*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F)}
HIDDEN |= {*range(0x2066, 0x206A), *range(0xD800, 0xE000)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("one\r\ntwo\rthree", "one\ntwo\\x0dthree"),
        ("\x00", "\\x00"),
        ("\ud800 \udfff", "\\ud800 \\udfff"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe\u2066\u2069", "\\u202egnp.exe\\u2066\\u2069"),
        ("naïve 🦀 שלום", "naïve 🦀 שלום"),
        ("<script>&amp;", "<script>&amp;"),
    ],
)
def test_writes_out_what_cannot_be_seen(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert Check(id="a", status="failed", ms=1, message=text).message == shown


@given(ANYTHING)
def test_whatever_came_can_be_stored_and_shown(text: str) -> None:
    shown = visible(text)
    assert not HIDDEN & set(map(ord, shown))
    shown.encode("utf-8")
    assert visible(shown) == shown


@given(ANYTHING)
def test_an_event_survives_its_line(text: str) -> None:
    check = Check(id="a", status="error", ms=1, output=text, error=text, actual=text)
    line = check.model_dump_json()
    assert "\n" not in line
    assert EVENT.validate_json(line) == check
    assert json.loads(line)["output"] == check.output


def test_every_text_of_an_event_passes_that_door() -> None:
    frame = Frame(file="\x00", line=1, function="\x00", source="\x00")
    texts = dict.fromkeys(
        ("message", "hint", "expected", "actual", "diff", "output", "error"), "\x00\ud800"
    )
    check = Check.model_validate(
        {"id": "a", "status": "error", "ms": 1, "traceback": [frame], **texts}
    )
    last = Finished(outcome="load_error", message="\x00", output="\x00", traceback=[frame])
    for event in (check, last):
        assert "\\u0000" not in event.model_dump_json()
        assert "\\x00" in json.dumps(event.model_dump()).replace("\\\\", "\\")


def test_what_is_too_long_is_cut_and_says_so() -> None:
    text = Check(id="a", status="failed", ms=1, output="x" * (MAX_TEXT + 1)).output
    assert text == "x" * MAX_TEXT + "\n[cut]"
    assert Check(id="a", status="failed", ms=1, output="x" * MAX_TEXT).output == "x" * MAX_TEXT
