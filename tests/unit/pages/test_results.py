"""In which words a panel ends, and what the first page makes of several tries."""

from dataclasses import replace

import pytest

from greenroom.judging.entries import Entry
from greenroom.practice import live_results
from greenroom.practice.answer_views import latest_of_each
from greenroom.practice.panels import PanelFeed
from greenroom.practice.views import CheckView, ProgressView, ResultsPanel, TraceLine
from greenroom.web import pages
from tests.unit.pages.test_templates import EXPLAINED, SUBMITTED
from tests.unit.templates.html_tree import parse

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


UNREADABLE: dict[str, object] = {
    "type": "verdict",
    "status": "done",
    "verdict": "syntax_error",
    "message": "SyntaxError: invalid syntax",
    "outer_frames": 0,
    "usage": {},
}


def ended(file: str, line: int, *, main: str = "answer.py") -> ResultsPanel:
    """Return the panel of an answer that Python could not read from there on."""
    feed = PanelFeed(replace(PANEL, checks=(), main=main))
    frame = {"file": file, "line": line, "function": "", "source": "return left +"}
    feed.take(Entry("1-0", {**UNREADABLE, "file": file, "line": line, "traceback": [frame]}))
    return feed.panel


def test_an_answer_that_python_cannot_read_leads_to_its_line() -> None:
    panel = ended("answer.py", 28)
    assert panel.fault
    assert [(line.file, line.line) for line in panel.fault.traceback] == [("answer.py", 28)]
    assert panel.verdict
    assert (panel.verdict.href, panel.verdict.file) == ("#L28", "answer.py")
    assert panel.verdict.action == "Go to line 28"
    assert panel.verdict.sentence.startswith("Line 28: ")


def test_a_line_of_another_file_is_named_with_it() -> None:
    panel = ended("models.py", 3)
    assert panel.verdict
    assert (panel.verdict.href, panel.verdict.file) == ("#L3", "models.py")
    assert panel.verdict.action == "Go to line 3 of models.py"
    assert panel.verdict.sentence.startswith("Line 3 of models.py: ")
    shown = pages.render("practice/_results.html", page=panel)
    banner = parse(shown).one(id="results-head").one(tag="a").attributes
    assert (banner["data-line"], banner["data-file"]) == ("3", "models.py")


def test_an_error_in_a_check_names_the_file_that_raised() -> None:
    trace = (TraceLine("answer.py", 4, "add"), TraceLine("sums.py", 9, "total"))
    raised = replace(FAILED, state="error", error="struct.error: no", traceback=trace)
    shown = live_results.verdict_view("runtime_error", replace(PANEL, checks=(raised,)))
    assert shown.sentence == "struct.error on line 9 of sums.py, in 1 of 1 check."
    assert (shown.href, shown.file) == ("#L9", "sums.py")
    text = parse(results(raised)).text
    assert "answer.py, line 4" in text
    alone = replace(raised, traceback=trace[:1])
    assert "answer.py" not in parse(results(alone)).text


def results(check: CheckView) -> str:
    panel = replace(PANEL, checks=(check,), progress=ProgressView("Judging"))
    return pages.render("practice/_results.html", page=panel)


def test_several_tries_at_one_question_stand_in_one_line() -> None:
    other = replace(EXPLAINED, question="store-refresh-tokens")
    earlier = replace(SUBMITTED, word="Accepted")
    assert latest_of_each([SUBMITTED, other, earlier]) == (SUBMITTED, other)
