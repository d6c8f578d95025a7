from copy import deepcopy

import pytest

from greenroom.core.errors import NotFoundError
from greenroom.practice import explanations
from tests.factories.bank import RUBRIC
from tests.unit.pages.explained import explanation, page


def test_undecided_points_only_look_said() -> None:
    shown = page(explanation())
    assert [(point.state, point.evidence) for point in shown.points] == [
        ("looks-said", ("hash",)),
        ("not-found", ()),
    ]
    assert shown.summary.startswith("1 of 2 key points look said.")
    assert "you decide" in shown.summary


def test_the_persons_word_stands_against_what_it_looks_like() -> None:
    shown = page(explanation(marks={"hash-only": "missed", "rotation": "said"}))
    assert [point.state for point in shown.points] == ["missed", "said"]
    assert shown.summary == "You said 1 of 2 key points."


def test_between_the_two_it_says_how_much_is_left_to_decide() -> None:
    shown = page(explanation(marks={"rotation": "said"}))
    assert shown.summary == "You said 1 so far. 1 key point left to decide."
    assert shown.strip == (("looks-said", 3), ("said", 1))


def test_marks_of_points_that_are_gone_count_for_nothing() -> None:
    shown = page(explanation(marks={"gone": "said", "hash-only": "nonsense"}))
    assert [point.mark for point in shown.points] == [None, None]


def test_the_evidence_is_underlined_in_the_answer() -> None:
    shown = page(explanation())
    assert '<mark data-n="1">hash</mark>' in shown.answer
    assert '<mark class="doubt" data-n="!">bcrypt</mark>' in shown.answer


def test_a_misunderstanding_is_told_with_its_words() -> None:
    shown = page(explanation())
    assert [slip.seen for slip in shown.seen_slips] == [("bcrypt",)]
    assert shown.other_slips == ()
    clean = page(explanation("A hash."))
    assert clean.seen_slips == ()
    assert len(clean.other_slips) == 1


def test_follow_ups_are_asked_by_decision_first_and_by_looks_else() -> None:
    rubric = deepcopy(RUBRIC)
    asked = rubric["follow_ups"][0]
    rubric["follow_ups"] = [
        asked | {"when": "missed:hash-only"},
        asked | {"when": "said:hash-only"},
        asked,
    ]
    assert [each.number for each in page(explanation(rubric=rubric)).follow_ups] == [2, 3]
    decided = explanation(rubric=rubric, marks={"hash-only": "missed"})
    assert [each.number for each in page(decided).follow_ups] == [1, 3]


def test_one_paragraph_stands_in_a_line_and_more_stay_paragraphs() -> None:
    rubric = deepcopy(RUBRIC)
    rubric["key_points"][0]["claim_html"] = "<p>One <code>x</code>.</p>\n"
    rubric["key_points"][1]["claim_html"] = "<p>One.</p>\n<p>Two.</p>"
    shown = page(explanation(rubric=rubric))
    assert [point.claim for point in shown.points] == [
        "One <code>x</code>.",
        "<p>One.</p>\n<p>Two.</p>",
    ]


def test_without_a_rubric_there_is_only_the_answer_to_rate() -> None:
    shown = page(explanation(rubric=None, rating="good"))
    assert not shown.has_rubric
    assert [*shown.points, *shown.slips, *shown.follow_ups] == []
    assert shown.model_answer is None
    assert [choice.value for choice in shown.ratings if choice.chosen] == ["good"]


def test_earlier_answers_are_listed_once_there_are_some() -> None:
    assert page(explanation()).earlier == ()
    first = explanation(rating="again")
    rows = page(explanation(), (first,)).earlier
    assert [(row.current, row.rating) for row in rows] == [(True, ""), (False, "Again")]


def test_a_decision_can_be_changed_and_taken_back() -> None:
    given = explanation()
    explanations.decide(given, "rotation", "said")
    explanations.decide(given, "rotation", "missed")
    assert given.marks == {"rotation": "missed"}
    explanations.decide(given, "rotation", None)
    assert given.marks == {}


def test_a_point_that_the_rubric_does_not_have_cannot_be_decided() -> None:
    with pytest.raises(NotFoundError, match="no such key point"):
        explanations.decide(explanation(), "nonsense", "said")


def test_agreeing_fills_what_is_left_and_overrules_nothing() -> None:
    given = explanation(marks={"hash-only": "missed"})
    explanations.agree(given)
    assert given.marks == {"hash-only": "missed", "rotation": "missed"}
    fresh = explanation()
    explanations.agree(fresh)
    assert fresh.marks == {"hash-only": "said", "rotation": "missed"}
