"""Comparing plain values, with exact types all the way down, and showing them."""

import datetime as dt
import decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.harness.compare import MAX_SHOWN, same, show

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0]) | st.text("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


def typed(value: Any) -> Any:
    """Return the value with every type written beside what it holds."""
    if isinstance(value, list):
        return ["list", *map(typed, value)]
    if isinstance(value, dict):
        return {"dict": {key: typed(inner) for key, inner in value.items()}}
    return [type(value).__name__, value]


@given(VALUES, VALUES)
def test_the_same_is_equal_with_all_types_equal(one: Any, other: Any) -> None:
    assert same(one, one)
    assert same(one, other) == (typed(one) == typed(other))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (True, 1),
        (1.0, 1),
        (decimal.Decimal(1), 1),
        ([1, True], [1, 1]),
        ((1, 2), [1, 2]),
        ({"a": {"b": 0}}, {"a": {"b": False}}),
        ({1: "x"}, {True: "x"}),
        ({1, 2}, {1.0, 2}),
        (frozenset({1}), {1}),
        ({(1, True)}, {(True, 1)}),
        ({(1, (0, "x")): 1}, {(1, (False, "x")): 1}),
        ({frozenset({1})}, {frozenset({True})}),
    ],
    ids=repr,
)
def test_what_python_calls_equal_is_not_the_same(seen: Any, expected: Any) -> None:
    assert seen == expected or type(seen) is not type(expected)
    assert not same(seen, expected)


@pytest.mark.parametrize(
    "value",
    [
        {(1, "x"): [1.5, {2, 3}]},
        {frozenset({(1, 2)}), None, b"x"},
        [dt.timedelta(1), decimal.Decimal("1.0"), ({},)],
    ],
    ids=repr,
)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


def test_other_types_are_compared_by_their_own_meaning() -> None:
    class Nearly:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, float)

        __hash__ = None  # type: ignore[assignment]

    assert same(1.25, Nearly())
    assert same([1.25], [Nearly()])
    assert not same(1, Nearly())


def test_shows_short_values_in_a_line_and_long_ones_in_several() -> None:
    assert show({"a": 1}) == "{'a': 1}"
    assert show({"name": "x" * 60, "other": 1}).count("\n") == 1


def test_shows_only_the_beginning_of_what_is_long() -> None:
    shown = show("x" * 100_000)
    assert shown.startswith("'xxx")
    assert shown.endswith("... (100,002 characters)")
    assert len(shown) < MAX_SHOWN + 50
