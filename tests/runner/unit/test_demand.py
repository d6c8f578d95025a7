from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.demand import HALVING, SPAN, WINDOW, Demand


def test_one_of_each_that_is_always_wanted() -> None:
    assert Demand(("fastapi", "judge")).wanted(0) == {"fastapi": 1, "judge": 1}


def test_what_was_asked_for_last_comes_first() -> None:
    demand = Demand(("judge",))
    for now, kind in enumerate(("a", "b", "a", "c")):
        demand.note(kind, now)
    assert list(demand.wanted(3)) == ["c", "a", "b", "judge"]


def test_as_many_as_were_asked_for_within_the_span() -> None:
    demand = Demand(())
    for number in range(5):
        demand.note("a", number * SPAN / 5)
    assert demand.wanted(SPAN) == {"a": 5}


def test_what_is_asked_for_now_and_then_needs_one() -> None:
    demand = Demand(())
    for number in range(20):
        demand.note("a", number * (SPAN + 1))
        assert demand.wanted(number * (SPAN + 1)) == {"a": 1}


def test_fewer_and_fewer_and_none_at_last() -> None:
    demand = Demand(())
    for _ in range(8):
        demand.note("a", 0)
    seen = [demand.wanted(seconds).get("a", 0) for seconds in (0, HALVING, 2 * HALVING, WINDOW)]
    assert seen == [8, 4, 2, 1]
    assert demand.wanted(WINDOW + 1) == {}


def test_a_small_peak_does_not_hide_a_greater_one_before() -> None:
    demand = Demand(())
    for _ in range(8):
        demand.note("a", 0)
    demand.note("a", HALVING)
    assert demand.wanted(HALVING) == {"a": 4}


def test_what_is_always_wanted_is_wanted_once_nobody_asks_for_it() -> None:
    demand = Demand(("a",))
    demand.note("a", 0)
    demand.note("a", 0)
    assert demand.wanted(1) == {"a": 2}
    assert demand.wanted(WINDOW + 1) == {"a": 1}


asked = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 400)), max_size=60)


@given(asked=asked)
def test_what_was_asked_for_within_the_window_is_wanted(asked: list[tuple[str, float]]) -> None:
    demand = Demand(("z",))
    now = 0.0
    last: dict[str, float] = {}
    for kind, seconds in asked:
        now += seconds
        demand.note(kind, now)
        last[kind] = now
    wanted = demand.wanted(now)
    assert wanted["z"] == 1
    assert set(wanted) - {"z"} == {kind for kind, at in last.items() if now - at <= WINDOW}
    assert all(1 <= count <= len(asked) for kind, count in wanted.items() if kind != "z")
