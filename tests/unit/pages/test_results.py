"""In which words a panel ends, and what the first page makes of several tries."""

from dataclasses import replace

import pytest

from greenroom.judging.entries import Entry
from greenroom.practice import live_results
from greenroom.practice.answer_views import latest_of_each
from greenroom.practice.panels import PanelFeed
from greenroom.practice.views import CheckView, ResultsPanel
from tests.unit.pages.test_templates import EXPLAINED, SUBMITTED

FAILED = CheckView("one", 1, "Takes it", state="failed", message="It is taken.")
PANEL = ResultsPanel("1", "Submission 1", "submit", checks=(FAILED,))


@pytest.mark.parametrize(
    ("expected", "actual", "sentence"),
    [
        ("201", "200", "0 of 1 check passed. Check 1 expected 201, and saw 200."),
        ("201", "x" * 99, "0 of 1 check passed. Check 1: It is taken."),
        ("two\nlines", "200", "0 of 1 check passed. Check 1: It is taken."),
        (None, None, "0 of 1 check passed. Check 1: It is taken."),
    ],
)
def test_a_wrong_answer_names_both_values_where_they_are_short(
    expected: str | None, actual: str | None, sentence: str
) -> None:
    panel = replace(PANEL, checks=(replace(FAILED, expected=expected, actual=actual),))
    assert live_results.verdict_view("wrong_answer", panel).sentence == sentence


def test_a_check_that_shows_nothing_is_not_quoted() -> None:
    panel = replace(PANEL, checks=(replace(FAILED, message=""),))
    shown = live_results.verdict_view("wrong_answer", panel)
    assert shown.sentence == "0 of 1 check passed."


def test_an_answer_that_python_cannot_read_leads_to_its_line() -> None:
    feed = PanelFeed(replace(PANEL, checks=()))
    body = {
        "type": "verdict",
        "status": "done",
        "verdict": "syntax_error",
        "message": "SyntaxError: invalid syntax",
        "line": 28,
        "traceback": [],
        "outer_frames": 0,
        "usage": {},
    }
    feed.take(Entry("1-0", body))
    assert feed.panel.fault
    assert [line.line for line in feed.panel.fault.traceback] == [28]


def test_several_tries_at_one_question_stand_in_one_line() -> None:
    other = replace(EXPLAINED, question="store-refresh-tokens")
    earlier = replace(SUBMITTED, word="Accepted")
    assert latest_of_each([SUBMITTED, other, earlier]) == (SUBMITTED, other)
