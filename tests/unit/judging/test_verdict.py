import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.judging.models import VERDICTS
from greenroom.judging.verdict import CheckStatus, Outcome, Verdict, verdict_of

PASSED, FAILED, ERROR = "passed", "failed", "error"
TIME, MEMORY, OUTPUT, NOT_RUN = "time_limit", "memory_limit", "output_limit", "not_run"
OUTCOMES = (
    "completed",
    "syntax_error",
    "load_error",
    TIME,
    MEMORY,
    OUTPUT,
    "cancelled",
    "internal_error",
)
STATUSES = (PASSED, FAILED, ERROR, TIME, MEMORY, OUTPUT, NOT_RUN)


@pytest.mark.parametrize(
    ("outcome", "checks", "planned", "verdict"),
    [
        ("completed", [PASSED], 1, "accepted"),
        ("completed", [PASSED, PASSED], 2, "accepted"),
        ("completed", [], 0, "internal_error"),
        ("completed", [], 2, "internal_error"),
        ("completed", [PASSED], 2, "internal_error"),
        ("completed", [PASSED, PASSED, PASSED], 2, "internal_error"),
        ("completed", [PASSED, NOT_RUN], 2, "internal_error"),
        ("completed", [NOT_RUN], 1, "internal_error"),
        ("completed", [FAILED, NOT_RUN], 2, "wrong_answer"),
        ("completed", [PASSED, FAILED], 2, "wrong_answer"),
        ("completed", [FAILED, ERROR], 2, "runtime_error"),
        ("completed", [ERROR, TIME], 2, "time_limit"),
        ("completed", [TIME, MEMORY], 2, "memory_limit"),
        ("completed", [MEMORY, OUTPUT], 2, "output_limit"),
        ("completed", [OUTPUT, MEMORY, TIME, ERROR, FAILED, PASSED], 6, "output_limit"),
        ("syntax_error", [], 3, "syntax_error"),
        ("load_error", [], 3, "runtime_error"),
        ("time_limit", [PASSED, TIME, NOT_RUN], 3, "time_limit"),
        ("time_limit", [PASSED], 3, "time_limit"),
        ("time_limit", [FAILED], 3, "time_limit"),
        ("time_limit", [MEMORY], 3, "memory_limit"),
        ("memory_limit", [], 3, "memory_limit"),
        ("output_limit", [TIME, MEMORY], 3, "output_limit"),
        ("internal_error", [PASSED], 1, "internal_error"),
        ("cancelled", [PASSED], 1, "internal_error"),
    ],
)
def test_precedence(
    outcome: Outcome, checks: list[CheckStatus], planned: int, verdict: Verdict
) -> None:
    assert verdict_of(outcome, checks, planned) == verdict


@given(
    outcome=st.sampled_from(OUTCOMES),
    checks=st.lists(st.sampled_from(STATUSES), max_size=6),
    planned=st.integers(0, 6),
)
def test_accepted_only_when_all_that_was_planned_ran_and_passed(
    outcome: Outcome, checks: list[CheckStatus], planned: int
) -> None:
    whole = outcome == "completed" and planned > 0 and checks == [PASSED] * planned
    assert (verdict_of(outcome, checks, planned) == "accepted") is whole


@given(
    outcome=st.sampled_from(OUTCOMES),
    checks=st.lists(st.sampled_from(STATUSES), max_size=6),
    planned=st.integers(0, 6),
)
def test_the_order_of_checks_decides_nothing(
    outcome: Outcome, checks: list[CheckStatus], planned: int
) -> None:
    assert verdict_of(outcome, checks, planned) == verdict_of(outcome, checks[::-1], planned)
    assert verdict_of(outcome, checks, planned) in VERDICTS
