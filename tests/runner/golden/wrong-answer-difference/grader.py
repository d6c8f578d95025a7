"""A check whose values differ in several lines."""

from greenroom_runner.harness.grading import Answer, check

NAMES = ["Ada Lovelace", "Alan Turing", "Barbara Liskov", "Edsger Dijkstra"]


@check("Reports in order", visible=True)
def in_order(answer: Answer) -> None:
    seen = answer.call("report", NAMES)
    assert seen == {"title": "People", "names": NAMES, "note": "line one\nline 2"}, "Sort them."


@check("The note has two lines", visible=True)
def two_lines(answer: Answer) -> None:
    assert answer.call("report", NAMES)["note"] == "line one\nline 2", "Number the lines."
