"""A check's three doors: what comes back is hostile, and only what is plain is handed on."""

from collections.abc import Callable
from typing import Any

import pytest

from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.errors import plain_error
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.grading import raises
from greenroom_runner.harness.observing import Answer, AnswerError, AnswerGone, GraderMistake
from greenroom_runner.harness.values import BadValue

PROBES = {"look": "def look(answer): return 1"}
FRAME = {"file": "answer.py", "line": 1, "function": "f", "source": "x"}
ERROR = plain_error("raised", "ValueError", "no")


def answer_that(reply: Callable[[Frame], Frame] | Frame) -> Answer:
    """Return the answer whose side replies so."""
    return Answer(lambda op: reply(op) if callable(reply) else reply, {"answer.py": "x"}, PROBES)


def noting(asked: list[Frame], value: object = None) -> Answer:
    """Return an answer whose side notes what it is asked and replies with `value`."""

    def reply(op: Frame) -> Frame:
        asked.append(op)
        return {"t": "reply", "value": value}

    return answer_that(reply)


def look(answer: Any) -> None: ...


def test_a_value_is_handed_on() -> None:
    assert answer_that({"t": "reply", "value": {"$": "tuple", "v": [1]}}).call("f") == (1,)


def test_operations_carry_numbers_that_cannot_be_foreseen() -> None:
    asked: list[Frame] = []
    answer = noting(asked)
    for _ in range(50):
        answer.call("f", 1, key=(2,))
    assert len({op["n"] for op in asked}) == 50
    assert asked[0]["args"] == [1]
    assert asked[0]["kwargs"] == {"key": {"$": "tuple", "v": [2]}}


def test_what_the_answer_raised_is_raised_with_its_bases() -> None:
    error = {**ERROR, "mro": ["NotFound", "LookupError"], "type": "NotFound", "frames": [FRAME]}
    with pytest.raises(AnswerError, match="NotFound: no") as caught:
        answer_that({"t": "reply", "error": error}).call("f")
    assert caught.value.is_a("LookupError")
    assert not caught.value.is_a("ValueError")


@pytest.mark.parametrize(
    ("base", "named", "other"),
    [
        ("struct.error", ["struct.error", "error"], ["zlib.error", "struct"]),
        ("answer.NotFound", ["NotFound", "answer.NotFound"], ["Found"]),
        ("answer.ValueError", ["answer.ValueError"], ["ValueError"]),
    ],
)
def test_an_error_is_known_by_its_name_and_by_its_module(
    base: str, named: list[str], other: list[str]
) -> None:
    error = AnswerError({**ERROR, "mro": [base, "Exception"]})
    assert [name for name in [*named, *other] if error.is_a(name)] == named


def test_an_error_reads_as_python_prints_it() -> None:
    assert str(AnswerError({**ERROR, "type": "error", "module": "struct"})) == "struct.error: no"
    assert str(AnswerError({**ERROR, "message": ""})) == "ValueError"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "syntax"},
        {"type": 1},
        {"message": None},
        {"mro": "ValueError"},
        {"module": None},
        {"mro": [1]},
        {"frames": 17},
        {"frames": [FRAME] * 21},
        {"frames": [{**FRAME, "line": "one"}]},
        {"frames": [{**FRAME, "line": -1}]},
        {"frames": [{**FRAME, "line": 10**300}]},
        {"frames": [{**FRAME, "more": 1}]},
        {"frames": [["answer.py"]]},
        {"outer_frames": "many"},
        {"outer_frames": True},
    ],
    ids=str,
)
def test_an_error_that_the_harness_never_writes_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerGone, match="cannot be read"):
        answer_that({"t": "reply", "error": {**ERROR, **change}}).call("f")


@pytest.mark.parametrize("error", [[], "x", {}, {"kind": "raised"}], ids=str)
def test_an_error_without_its_form_is_none(error: object) -> None:
    with pytest.raises(AnswerGone):
        answer_that({"t": "reply", "error": error}).call("f")


@pytest.mark.parametrize("value", [{"$": "set", "v": [[]]}, {"$": "?", "v": 1}], ids=str)
def test_a_value_that_is_none_ends_the_check(value: object) -> None:
    with pytest.raises(AnswerGone, match="cannot be read"):
        answer_that({"t": "reply", "value": value}).call("f")


def test_a_process_that_died_says_how() -> None:
    with pytest.raises(AnswerGone, match="exit code 3"):
        answer_that({"t": "died", "detail": "It ended (exit code 3)."}).call("f")


def test_what_is_no_reply_to_a_request_ends_the_check() -> None:
    with pytest.raises(AnswerGone, match="cannot be read"):
        answer_that({"t": "reply", "value": {"status": "ok"}}).http.get("/")


def test_the_authors_own_mistakes_are_the_authors() -> None:
    answer = answer_that({"t": "reply", "value": None})
    with pytest.raises(GraderMistake, match="marked with @probe"):
        answer.probe(print)
    with pytest.raises(GraderMistake, match="type object is not plain"):
        answer.call("f", object())
    with pytest.raises(GraderMistake, match="A request cannot be made"):
        answer.http.get("/", body="x")


def test_what_the_answer_gave_can_not_be_made_the_authors_mistake() -> None:
    answer = answer_that({"t": "reply", "value": None})
    deep: Any = []
    for _ in range(28):
        deep = [deep]
    with pytest.raises(BadValue, match="nested too deeply"):
        answer.call("f", deep)
    with pytest.raises(ValueError, match="surrogates not allowed"):
        answer.http.get("/things/\ud800")
    with pytest.raises(TypeError, match="not JSON serializable"):
        answer.http.post("/", json={"token": b"bytes"})


def test_a_probe_travels_as_its_source() -> None:
    asked: list[Frame] = []
    answer = noting(asked, 1)
    assert answer.probe(look, 1) == 1
    assert (asked[0]["op"], asked[0]["source"]) == ("probe", PROBES["look"])


def test_an_expected_error_passes_and_any_other_end_fails() -> None:
    error = {**ERROR, "mro": ["NotFound", "LookupError"], "type": "NotFound"}
    failing = answer_that({"t": "reply", "error": error})
    with raises("LookupError"):
        failing.call("f")
    with pytest.raises(CheckFailed) as other, raises("KeyError", "No such note."):
        failing.call("f")
    assert (other.value.message, other.value.seen) == ("No such note.", "NotFound: no")
    with pytest.raises(CheckFailed, match="should raise KeyError") as none, raises("KeyError"):
        answer_that({"t": "reply", "value": 1}).call("f")
    assert none.value.seen == "nothing was raised"


def test_an_answer_that_lacks_a_name_has_not_raised() -> None:
    missing = answer_that({"t": "reply", "error": plain_error("missing", "AttributeError", "no")})
    with pytest.raises(AnswerError, match="no"), raises("AttributeError"):
        missing.call("f")


def test_a_request_opens_a_stream() -> None:
    started = {"status": 500, "headers": [], "stream": 5, "raised": "LookupError"}
    asked: list[Frame] = []
    answer = noting(asked, started)
    stream = answer.http.stream("/events", method="POST", json={"a": 1})
    assert (asked[0]["op"], asked[0]["method"], stream.raised) == ("open", "POST", "LookupError")
    assert answer.http.last is stream
    with pytest.raises(AnswerGone, match="cannot be read"):
        answer_that({"t": "reply", "value": 1}).http.stream("/events")
