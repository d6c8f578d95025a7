"""What a check reads of a response under way."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.harness import streaming
from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.streaming import Event, Stream
from greenroom_runner.harness.values import BadValue

STARTED = {"status": 200, "headers": [["Content-Type", "text/event-stream"]], "stream": 7}
TOLD = (
    b"\xef\xbb\xbf: a comment\nretry: 3000\r\n\r\nid: 1\rdata: one\r\r"
    b"event: price\ndata: \xc3\xa9\ndata\n"
    b"data:  two\n\nid: 2\n\nid: a\0b\nretry: soon\nunknown: x\ndata:last\n\ndata: unfinished"
)
EVENTS = [
    Event("one", id="1", retry=3000),
    Event("é\n\n two", "price", "1", 3000),
    Event("last", id="2", retry=3000),
]


def stream_of(*bodies: bytes, asked: list[Frame] | None = None, **last: Any) -> Stream:
    """Return a stream whose reads bring these bodies, one after the other."""
    left = list(bodies)

    def ask(op: Frame) -> Any:
        if asked is not None:
            asked.append(op)
        return {"ended": not left, "body": left.pop(0) if left else b"", **last}

    return Stream(ask, STARTED)


def test_a_stream_has_a_status_and_headers_before_its_body() -> None:
    stream = stream_of(b"a", b"b")
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
    assert [stream.read(), stream.read(), stream.read()] == [b"a", b"b", b""]


def test_events_are_read_as_a_browser_reads_them() -> None:
    events = stream_of(TOLD).events(10)
    assert events == EVENTS
    assert [event.retry for event in events] == [event.retry for event in EVENTS]


def test_events_are_equal_whatever_the_time_to_come_back_is() -> None:
    assert Event("one", id="1", retry=3000) == Event("one", id="1")
    assert Event("one", id="1") != Event("one", id="2")
    assert "retry" not in repr(Event("one", retry=3000))


def test_silence_is_told_from_the_end() -> None:
    silent = stream_of(b"data: one\n\n", b"", b"data: two\n\n")
    assert [silent.event(), silent.event(), silent.ended] == [Event("one"), None, False]
    assert [silent.events(2), silent.ended] == [[Event("two")], True]


@given(st.lists(st.integers(0, len(TOLD)), max_size=12))
def test_events_do_not_depend_on_how_the_bytes_arrive(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TOLD)]
    bodies = [TOLD[a:b] for a, b in itertools.pairwise(places) if a != b]
    assert stream_of(*bodies).events(10) == EVENTS


def test_no_more_is_read_than_is_asked_for() -> None:
    asked: list[Frame] = []
    stream = stream_of(b"data: 1\n\ndata: 2\n\n", b"data: 3\n\n", asked=asked)
    assert [event.data for event in stream.events(2)] == ["1", "2"]
    assert len(asked) == 1


def test_an_event_without_end_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LONGEST_EVENT", 10_000)
    with pytest.raises(CheckFailed, match="longer than"):
        stream_of(*[b"data: " + b"x" * 6000 + b"\n"] * 3).event()


def test_leaving_is_told_once() -> None:
    asked: list[Frame] = []
    with stream_of(b"a", asked=asked) as stream:
        stream.read()
        stream.close()
    assert [op["op"] for op in asked] == ["read", "close"]
    assert {op["stream"] for op in asked} == {7}


def test_what_broke_it_off_is_seen() -> None:
    stream = stream_of(b"", raised="LookupError")
    assert stream.read() == b""
    assert stream.raised == "LookupError"


@pytest.mark.parametrize("value", [None, {}, {**STARTED, "stream": "x"}, {**STARTED, "headers": 1}])
def test_what_is_no_stream_is_refused(value: Any) -> None:
    with pytest.raises(BadValue):
        Stream(lambda op: None, value)


def test_what_is_no_part_is_refused() -> None:
    with pytest.raises(BadValue):
        Stream(lambda op: {"body": "text", "ended": False}, STARTED).read()
    with pytest.raises(BadValue):
        Stream(lambda op: {"body": b"", "ended": 0}, STARTED).read()
