"""How two values differ: the places that do and no other, each with what is there."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.harness.compare import same
from greenroom_runner.harness.differences import (
    MAX_PART,
    MAX_SAID,
    NOTHING,
    difference,
    differences,
    place,
)

BLANK = "(left out)"
SCALARS = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 1.0, "a", "b\nc"])
KEYS = st.sampled_from(["a", "b", "is it", 0, 1, True, (1, "x")])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def without(value: Any, named: dict[Any, bool], path: tuple[Any, ...] = ()) -> Any:
    """Return `value` with what is named left out: blanked, or gone where the other side lacks
    it.
    """
    if typed_path(path) in named:
        return BLANK
    if isinstance(value, dict):
        return {
            key: without(inner, named, (*path, key))
            for key, inner in value.items()
            if named.get(typed_path((*path, key)), True)
        }
    if isinstance(value, list | tuple):
        kept = [
            without(inner, named, (*path, index))
            for index, inner in enumerate(value)
            if named.get(typed_path((*path, index)), True)
        ]
        return type(value)(kept)
    return value


def typed_path(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((type(key), key) for key in path)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@given(VALUES, VALUES)
def test_names_exactly_what_differs(seen: Any, expected: Any) -> None:
    found = list(differences(seen, expected))
    assert bool(found) is not same(seen, expected)
    for one in found:
        assert not same(one.seen, one.expected)
        assert one.seen is NOTHING or at(seen, one.path) is one.seen
        assert one.expected is NOTHING or at(expected, one.path) is one.expected
    both = {typed_path(one.path) for one in found if NOTHING not in (one.seen, one.expected)}
    assert len({*both}) + sum(NOTHING in (one.seen, one.expected) for one in found) == len(found)

    def rest(value: Any, lacking: str) -> Any:
        gone = {typed_path(one.path) for one in found if getattr(one, lacking) is NOTHING}
        return without(value, {**dict.fromkeys(both, True), **dict.fromkeys(gone, False)})

    assert same(rest(seen, "expected"), rest(expected, "seen"))


@given(st.lists(st.integers(0, 3), max_size=8), st.data())
def test_an_item_too_much_or_too_few_is_one_difference(items: list[int], data: Any) -> None:
    where = data.draw(st.integers(0, len(items)))
    longer = [*items[:where], "new", *items[where:]]
    (found,) = differences(longer, items)
    assert (found.path, found.seen, found.expected) == ((where,), "new", NOTHING)
    (found,) = differences(items, longer)
    assert (found.path, found.seen, found.expected) == ((where,), NOTHING, "new")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("items", 2, "price"), "items[2].price"),
        ((2, "price"), "[2].price"),
        (("first name", 0), "['first name'][0]"),
        (((1, "x"),), "[(1, 'x')]"),
        ((True, b"x"), "[True][b'x']"),
    ],
)
def test_a_place_is_written_as_one_writes_it(path: tuple[Any, ...], text: str) -> None:
    assert place(path) == text


ORDER = {
    "items": [{"name": "tea", "price": 3}, {"name": "milk", "price": 2}],
    "note": "Leave it at the door.",
    "tags": {"new", "urgent"},
}


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            {**ORDER, "items": [{"name": "tea", "price": 4}, {"name": "milk", "price": 2}]},
            "@ items[0].price\n- 3\n+ 4",
        ),
        (
            {**ORDER, "items": [{"name": "tea", "price": 3}]},
            "@ items[1] is missing\n- {'name': 'milk', 'price': 2}",
        ),
        (
            {key: value for key, value in ORDER.items() if key != "note"},
            "@ note is missing\n- 'Leave it at the door.'",
        ),
        ({**ORDER, "id": 7}, "@ id is too much\n+ 7"),
        ({**ORDER, "tags": {"urgent", "old"}}, "@ tags\n- 'new'\n+ 'old'"),
        (
            {**ORDER, "items": ({"name": "tea", "price": 3},), "note": None},
            "@ items\n- [{'name': 'tea', 'price': 3}, {'name': 'milk', 'price': 2}]\n"
            "+ ({'name': 'tea', 'price': 3},)\n@ note\n- 'Leave it at the door.'\n+ None",
        ),
        (
            {**ORDER, "note": "Leave it\nwith a neighbour."},
            "@ note\n- Leave it at the door.\n+ Leave it\n+ with a neighbour.",
        ),
    ],
)
def test_says_the_place_and_both_sides(seen: Any, said: str) -> None:
    assert difference(seen, ORDER) == said


def test_values_of_other_types_mean_what_they_say() -> None:
    class Any(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    assert difference({"a" * 80: 2.0}, {"a" * 80: Any(1)}) is None


def test_equal_values_of_two_types_differ() -> None:
    assert difference({"a" * 80: [1, 2]}, {"a" * 80: [1, 2.0]}) == f"@ {'a' * 80}[1]\n- 2.0\n+ 2"


def test_texts_differ_line_by_line() -> None:
    assert difference("one\nzwei\nthree", "one\ntwo\nthree") == "  one\n- two\n+ zwei\n  three"


def test_of_a_long_text_the_lines_around_a_difference_are_said() -> None:
    expected = "\n".join(map(str, range(5_000)))
    seen = expected.replace("\n2500\n", "\nx\ny\n")
    assert difference(seen, expected) == (
        "@ line 2498\n  2497\n  2498\n  2499\n- 2500\n+ x\n+ y\n  2501\n  2502\n  2503"
    )


def test_of_a_long_line_the_part_that_differs_is_said() -> None:
    expected = {"body": "x" * 5_000}
    seen = {"body": "x" * 4_000 + "y" + "x" * 999}
    found = difference(seen, expected)
    assert found is not None
    _, old, new = found.split("\n")
    assert (old.index("x" * 30), new.index("y")) == (5, 25)
    assert len(old) == len(new) <= MAX_PART + 8


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("a", "b"),
        (1, 2),
        ([1], [2]),
        (None, "x"),
        (["x" * 100], {"x": "y" * 100}),
        (1, ["x" * 100]),
    ],
)
def test_where_both_sides_say_as_much_there_is_nothing_to_add(seen: Any, expected: Any) -> None:
    assert difference(seen, expected) is None


@given(st.text(), st.text())
def test_any_two_texts_can_be_told_apart(seen: str, expected: str) -> None:
    found = difference(seen, expected)
    if found is not None and seen != expected:
        assert any(line[0] in "-+" for line in found.split("\n"))


LINES = ["".join(pair) for pair in itertools.product("ab", repeat=2)]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([0] * 90_000, [1] * 90_000),
        (dict.fromkeys(range(50000), 0), {"x" * 100: 1}),
        ({f"x{number}" for number in range(50_000)}, {"y" * 100}),
        (["x\n" * 200 + str(n) for n in range(400)], ["x\n" * 198 + f"y{n}" for n in range(400)]),
        (["\n".join(LINES * 400)] * 50, ["\n".join(LINES[::-1] * 400)] * 50),
        ("x" * 2_000_000, "y" * 2_000_000),
        ("x\n" * 1_000_000, "y\n" * 1_000_000),
        ({"x" * 100_000: 1}, {"y" * 100_000: 1}),
    ],
    ids=["list", "dict", "set", "texts", "long texts", "line", "lines", "keys"],
)
def test_what_is_said_stays_short(seen: Any, expected: Any) -> None:
    found = difference(seen, expected)
    assert found is not None
    assert len(found) < 4 * MAX_SAID * (MAX_PART + 20)
