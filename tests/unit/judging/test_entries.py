"""Where a client goes on: known ids stay, everything else begins at the start."""

import pytest

from greenroom.core.clock import now
from greenroom.judging.entries import FINAL, START, is_over, known_id, order_of
from greenroom.judging.models import Judgement


@pytest.mark.parametrize(("text", "order"), [("2-10", (2, 10)), ("0-0", (0, 0)), ("", (0, 0))])
def test_order(text: str, order: tuple[int, int]) -> None:
    assert order_of(text) == order


@pytest.mark.parametrize(
    "text", [None, "", "0", "x", "1-", "-1", "1-2-3", "٣-٤", "1" * 19 + "-1", "1-1\n"]
)
def test_nonsense_begins_at_the_start(text: str | None) -> None:
    assert known_id(text, tries=3) == START


@pytest.mark.parametrize("text", ["3-10005", f"1-{FINAL}", "4-2"])
def test_a_known_id_stays(text: str) -> None:
    assert known_id(text, tries=3) == text


@pytest.mark.parametrize("text", ["5-2", f"1-{FINAL + 1}", "9" * 18 + "-1"])
def test_an_id_that_nothing_can_have_begins_at_the_start(text: str) -> None:
    assert known_id(text, tries=3) == START


@pytest.mark.parametrize(
    ("finished", "after", "over"),
    [
        (True, f"2-{FINAL}", True),
        (True, f"2-{FINAL - 1}", False),
        (True, f"1-{FINAL}", False),
        (False, f"2-{FINAL}", False),
    ],
)
def test_nothing_follows_the_end(finished: bool, after: str, over: bool) -> None:
    judgement = Judgement(tries=2, finished_at=now() if finished else None)
    assert is_over(judgement, after) is over
