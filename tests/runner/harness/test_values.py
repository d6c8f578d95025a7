"""Values cross with their exact types, or not at all."""

import collections
import contextlib
import datetime as dt
import decimal
import enum
import json
import math
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, create_engine, text
from sqlalchemy.sql.elements import quoted_name

from greenroom_runner.harness import frames
from greenroom_runner.harness.compare import same
from greenroom_runner.harness.values import MAX_ALIKE, BadValue, NotPlain, decode, encode

TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "C")))
HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**300), 10**300),
    st.floats(allow_nan=False),
    TEXT,
    st.binary(),
    st.datetimes(timezones=st.none() | st.just(dt.UTC)),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.decimals(allow_nan=False),
    st.uuids(),
)
PLAIN = st.recursive(
    HASHABLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(TEXT | st.just("$") | st.integers() | st.dates(), inner, max_size=3),
        st.sets(HASHABLE, max_size=3),
        st.frozensets(HASHABLE, max_size=3),
    ),
    max_leaves=10,
)


def across(value: Any) -> Any:
    """Return what arrives on the other side of a sandbox's border."""
    return decode(frames.parse(frames.pack({"v": encode(value)})[frames.HEADER :])["v"])


@given(PLAIN)
def test_arrives_as_what_it_was(value: Any) -> None:
    assert same(across(value), value)


def test_floats_that_are_no_json_arrive_as_well() -> None:
    assert math.isnan(across(math.nan))
    assert across([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert math.copysign(1, across(-0.0)) == -1


class Equal(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Colour(enum.StrEnum):
    RED = "red"


Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "value",
    [
        Equal(1),
        Colour.RED,
        Point(1, 2),
        object(),
        int,
        len,
        iter([]),
        1j,
        bytearray(b"x"),
        range(3),
    ],
    ids=repr,
)
def test_a_subclass_and_what_is_no_value_are_refused(value: object) -> None:
    with pytest.raises(NotPlain, match="is not plain"):
        encode([value])


def test_the_refusal_names_the_type_that_the_candidate_knows() -> None:
    with pytest.raises(BadValue, match=r"^a value of type \S+.Equal is not plain$"):
        encode(Equal(1))


def test_known_types_of_libraries_are_reduced_to_what_they_hold() -> None:
    with create_engine("sqlite://").connect() as connection:
        row = connection.execute(text("SELECT 1 AS one, 'x' AS name")).one()
    connection.engine.dispose()
    assert type(across(quoted_name("users", quote=True))) is str
    assert across(Column("id", Integer).name) == "id"
    assert across(row) == (1, "x")
    assert across(row._mapping) == {"one": 1, "name": "x"}
    assert across(collections.OrderedDict(a=1)) == {"a": 1}
    assert across(collections.Counter("aab")) == {"a": 2, "b": 1}
    assert across(collections.deque([1, 2])) == [1, 2]


def test_what_only_bears_a_librarys_name_gains_nothing() -> None:
    liar = type("quoted_name", (str,), {"__eq__": lambda *_: True, "__hash__": str.__hash__})
    liar.__module__ = "sqlalchemy.sql.elements"
    assert type(across(liar("x"))) is str
    assert across(liar("x")) != "y"


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (deep(100), "nested too deeply"),
        (10**401, "more than 400 digits"),
        ([0] * 100_001, "more than 100,000 values"),
        ("x" * (2 * 1024 * 1024 + 1), "too large"),
        ({"x" * (2 * 1024 * 1024 + 1): 1}, "too large"),
        (b"x" * 2_000_000, "too large"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_too_much_is_refused(value: object, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as caught:
        encode(value)
    assert not isinstance(caught.value, NotPlain)


@given(PLAIN)
def test_whatever_is_encoded_fits_a_frames_depth(value: Any) -> None:
    assert not frames.deeper_than(encode(value), frames.MAX_DEPTH)


@pytest.mark.parametrize(
    "value",
    [
        {"$": "nothing", "v": 1},
        {"$": "set"},
        {"$": "set", "v": [], "w": 1},
        {"$": ["set"], "v": []},
        {"$": "set", "v": {}},
        {"$": "set", "v": [[]]},
        {"$": "tuple", "v": "ab"},
        {"$": "dict", "v": [[1]]},
        {"$": "dict", "v": [[[], 1]]},
        {"$": "bytes", "v": "?"},
        {"$": "bytes", "v": 1},
        {"$": "float", "v": "1"},
        {"$": "float", "v": []},
        {"$": "datetime", "v": "yesterday"},
        {"$": "timedelta", "v": "1,2"},
        {"$": "timedelta", "v": "9" * 300 + ",0,0"},
        {"$": "decimal", "v": "x"},
        {"$": "uuid", "v": "x"},
    ],
    ids=json.dumps,
)
def test_a_tag_that_is_not_what_it_says_is_refused(value: object) -> None:
    with pytest.raises(BadValue):
        decode([value])


@pytest.mark.parametrize("tag", ["set", "frozenset", "dict"])
def test_values_chosen_to_share_a_hash_are_refused(tag: str) -> None:
    alike = [number * (2**61 - 1) for number in range(1, MAX_ALIKE + 2)]
    with pytest.raises(BadValue, match="hard to tell apart"):
        decode({"$": tag, "v": [[one, 1] for one in alike] if tag == "dict" else alike})
    assert len(decode({"$": "set", "v": list(range(50_000))})) == 50_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["$", "v", "a"]), inner, max_size=3),
        st.fixed_dictionaries(
            {"$": st.sampled_from(["set", "dict", "tuple", "float", "uuid", "decimal"]), "v": inner}
        ),
    ),
    max_leaves=8,
)


@given(JSON)
def test_anything_is_read_or_refused(value: Any) -> None:
    with contextlib.suppress(BadValue):
        decode(value)


def test_exact_types_of_the_standard_library() -> None:
    values = [
        dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
        dt.timedelta(days=-1, microseconds=1),
        decimal.Decimal("1.10"),
        uuid.UUID(int=7),
        b"\x00\xff",
        (1, (2,)),
        {1, "a"},
        frozenset({b"x"}),
        {"$": 1, "v": 2},
        {(1, 2): "pair", None: "none"},
    ]
    assert across(values) == values
    assert [type(one) for one in across(values)] == [type(one) for one in values]
