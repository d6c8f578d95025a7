"""Frames are strict: what two readers could disagree about, or what is too much, is none."""

import contextlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.harness import frames
from greenroom_runner.harness.frames import MAX_DEPTH, MAX_DIGITS, MAX_FRAME, BadFrame, Splitter

CHARACTERS = st.characters(exclude_categories=())  # lone surrogates as well
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(CHARACTERS),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(CHARACTERS), inner),
    max_leaves=20,
)
FRAMES = st.dictionaries(st.text(CHARACTERS), VALUES, max_size=4)


def joined(value: object) -> object:
    """Return the value as JSON knows it: two halves of a pair that meet are one character."""
    return json.loads(json.dumps(value))


@given(FRAMES)
def test_a_frame_arrives_as_it_was_sent(frame: frames.Frame) -> None:
    payload = frames.pack(frame)[frames.HEADER :]
    assert frames.parse(payload) == joined(frame)


@given(st.lists(FRAMES, max_size=5), st.data())
def test_a_stream_may_be_cut_anywhere(sent: list[frames.Frame], data: st.DataObject) -> None:
    stream = b"".join(map(frames.pack, sent))
    splitter = Splitter()
    received = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        splitter.feed(stream[:size])
        stream = stream[size:]
        received += [frames.parse(payload) for payload in splitter]
    assert received == [joined(frame) for frame in sent]
    assert len(splitter) == 0


@given(st.binary(max_size=200))
def test_noise_is_a_frame_or_a_bad_frame(noise: bytes) -> None:
    with contextlib.suppress(BadFrame):
        assert isinstance(frames.parse(noise), dict)


def nested(levels: int) -> bytes:
    return b'{"v":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"a":1,"a":1}', "a key twice"),
        (b'{"a":{"b":1,"\\u0062":2}}', "a key twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":1e999}', "not finite"),
        (b'{"a":%s}' % (b"9" * (MAX_DIGITS + 1)), "too many digits"),
        (b'{"a":0.%s}' % (b"9" * MAX_DIGITS), "too many digits"),
        (nested(MAX_DEPTH), "nested too deeply"),
        (nested(200_000), "not strict JSON"),
        (b"[]", "not an object"),
        (b"1", "not an object"),
        (b"", "not strict JSON"),
        (b'{"a":1} {}', "not strict JSON"),
        (b"{'a':1}", "not strict JSON"),
        (b'{"a":"\x00"}', "not strict JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not strict JSON"),
        (b'{"a":"\xed\xa0\x80"}', "not strict JSON"),
        (b'{"a":"\xff"}', "not strict JSON"),
    ],
)
def test_refuses(payload: bytes, reason: str) -> None:
    with pytest.raises(BadFrame, match=reason):
        frames.parse(payload)


def test_what_is_just_within_the_caps_passes() -> None:
    assert frames.parse(nested(MAX_DEPTH - 1))
    assert frames.parse(b'{"a":%s}' % (b"9" * MAX_DIGITS)) == {"a": int("9" * MAX_DIGITS)}
    payload = b'{"a":"%s"}' % (b"x" * (MAX_FRAME - 8))
    assert len(payload) == MAX_FRAME
    assert frames.pack(frames.parse(payload))[frames.HEADER :] == payload


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", object(), {1, 2}])
def test_packs_nothing_but_json(value: object) -> None:
    with pytest.raises(BadFrame, match="cannot be written"):
        frames.pack({"value": value})


def test_packs_nothing_without_an_end() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(BadFrame, match="cannot be written"):
        frames.pack({"value": endless})


def test_packs_nothing_that_is_too_long() -> None:
    with pytest.raises(BadFrame, match="too long"):
        frames.pack({"value": "\u00e9" * (MAX_FRAME // 6)})


@pytest.mark.parametrize("length", [MAX_FRAME + 1, 2**32 - 1])
def test_a_length_beyond_the_cap_is_refused_before_anything_is_kept(length: int) -> None:
    splitter = Splitter()
    splitter.feed(length.to_bytes(4, "big"))
    with pytest.raises(BadFrame, match="too long"):
        splitter.take()


def levels_of(value: object) -> Iterator[int]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        yield 1 + max((level for one in inner for level in levels_of(one)), default=0)
    else:
        yield 0


@given(VALUES, st.integers(0, 6))
def test_counts_levels(value: object, depth: int) -> None:
    assert frames.deeper_than(value, depth) == (max(levels_of(value)) > depth)
