import pytest

from greenroom.judging.entries import START, known_id, order_of


@pytest.mark.parametrize(("text", "order"), [("2-10", (2, 10)), ("0-0", (0, 0)), ("", (0, 0))])
def test_order(text: str, order: tuple[int, int]) -> None:
    assert order_of(text) == order


@pytest.mark.parametrize(
    "text", [None, "", "0", "x", "1-", "-1", "1-2-3", "٣-٤", "1" * 19 + "-1", "1-1\n"]
)
def test_nonsense_begins_at_the_start(text: str | None) -> None:
    assert known_id(text) == START


def test_a_known_id_stays() -> None:
    assert known_id("3-10005") == "3-10005"
