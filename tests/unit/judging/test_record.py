from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.judging import entries
from greenroom.judging.entries import Entry, entries_of
from greenroom.judging.models import CheckResult, Judgement
from greenroom.judging.record import Record, ReportError
from greenroom_runner.events import Begin, Event, Finished, Plan, PlannedCheck, Status, Usage
from tests.factories.bank import CHECKS
from tests.fakes.runner import result

PLAN = Plan(checks=[PlannedCheck.model_validate(check) for check in CHECKS])
FIRST, SECOND = "adds", "adds_negative"
DONE = Finished(outcome="completed", usage=Usage(wall_ms=5), image_digest="sha256:1")
WRONG: list[Event] = [
    Status(phase="starting"),
    PLAN,
    Begin(id=FIRST),
    result(FIRST, right=False),
    Begin(id=SECOND),
    result(SECOND, right=False),
    DONE,
]


def taken(record: Record, *events: Event) -> list[Entry]:
    return [entry for event in events for entry in record.take(event.model_dump(mode="json"))]


def test_tells_what_happened_in_order() -> None:
    told = taken(Record(2), *WRONG)
    assert [(entry.id, entry.kind) for entry in told] == [
        ("2-2", "status"),
        ("2-1000", "plan"),
        ("2-10000", "check"),
        ("2-10010", "check"),
    ]


def test_keeps_what_a_visible_check_says() -> None:
    record = Record(1)
    taken(record, *WRONG)
    check = record.result().checks[0]
    assert check["message"] == "It does not add up."
    assert check["expected"] == "5"
    assert (check["cpu_ms"], check["peak_memory_kib"], check["seed"]) == (1.25, 30_000, 7)
    assert check["traceback"][0]["line"] == 2


def test_keeps_and_tells_nothing_of_a_hidden_check_but_status_time_and_hint() -> None:
    record = Record(1)
    told = taken(record, *WRONG)[-1].body
    kept = record.result().checks[1]
    assert told["status"] == kept["status"] == "failed"
    assert told["hint"] == kept["hint"] == "A hint."
    secret = (
        "cpu_ms",
        "peak_memory_kib",
        "seed",
        "message",
        "expected",
        "actual",
        "diff",
        "output",
        "error",
        "traceback",
    )
    assert [told[name] for name in secret if told[name]] == []
    assert not set(secret) & set(kept)


def test_derives_the_verdict() -> None:
    record = Record(1)
    taken(record, *WRONG)
    found = record.result()
    assert found.verdict == "wrong_answer"
    assert found.image_digest == "sha256:1"
    assert found.usage["wall_ms"] == 5


def test_checks_that_never_began_are_told_as_not_run() -> None:
    record = Record(1)
    place = {"file": "answer.py", "line": 3}
    end = Finished(outcome="syntax_error", message="invalid syntax", output="hm", **place)
    told = taken(record, PLAN, end)
    assert [entry.kind for entry in told] == ["plan", "check", "check", "output"]
    found = record.result()
    assert found.verdict == "syntax_error"
    assert [check["status"] for check in found.checks] == ["not_run", "not_run"]
    assert found.detail == {**place, "output": "hm"}


def test_silence_about_a_check_is_never_success() -> None:
    record = Record(1)
    taken(record, PLAN, Begin(id=FIRST), result(FIRST, right=True), DONE)
    assert record.result().verdict == "internal_error"


@pytest.mark.parametrize(
    "events",
    [
        [PLAN, PLAN],
        [Begin(id=FIRST)],
        [PLAN, Begin(id=SECOND)],
        [PLAN, Begin(id="unknown")],
        [PLAN, result(SECOND, right=True)],
        [PLAN, result(FIRST, right=True), result(FIRST, right=True)],
        [PLAN, Begin(id=FIRST), Begin(id=FIRST)],
    ],
)
def test_refuses_what_makes_no_sense(events: list[Event]) -> None:
    with pytest.raises(ReportError):
        taken(Record(1), *events)


def test_refuses_a_report_of_an_unknown_kind() -> None:
    with pytest.raises(ReportError, match="'riddle'"):
        list(Record(1).take({"type": "riddle"}))


def test_has_no_result_before_the_last_report() -> None:
    record = Record(1)
    taken(record, PLAN)
    with pytest.raises(ReportError):
        record.result()


def test_has_begun_once_there_is_a_plan() -> None:
    record = Record(1)
    taken(record, Status(phase="queued", position=3), Status(phase="starting"))
    assert not record.begun
    taken(record, PLAN)
    assert record.begun


@given(before=st.integers(0, 1200), between=st.integers(0, 30), after=st.integers(0, 30))
def test_ids_rise_however_many_states_pass(before: int, between: int, after: int) -> None:
    state = Status(phase="queued", position=1)
    told = taken(
        Record(1),
        *[state] * before,
        PLAN,
        *[state] * between,
        Begin(id=FIRST),
        *[state] * after,
        result(FIRST, right=True),
        *[state] * after,
        Begin(id=SECOND),
        result(SECOND, right=True),
    )
    orders = [entry.order for entry in told]
    assert orders == sorted(set(orders))
    assert [entry.kind for entry in told if entry.kind != "status"] == [
        "plan",
        "check",
        "check",
    ]


def stored(record: Record) -> Judgement:
    """Return the judgement as the database would give it back."""
    found = record.result()
    judgement = Judgement(
        id=uuid4(), submission_id=uuid4(), status="done", verdict=found.verdict, tries=1,
        message=found.message, detail=dict(found.detail), usage=dict(found.usage),
    )  # fmt: skip
    judgement.checks = [CheckResult(**with_defaults(check)) for check in found.checks]
    return judgement


def with_defaults(check: Any) -> dict[str, Any]:  # noqa: ANN401 a row's values
    columns = CheckResult.__table__.columns
    plain = {
        column.name: column.default.arg for column in columns if column.default is not None
        and column.default.is_scalar
    }  # fmt: skip
    return {**plain, "traceback": [], **check}


@pytest.mark.parametrize(
    "events", [WRONG, [PLAN, Finished(outcome="load_error", message="no", output="said")]]
)
def test_the_database_tells_what_the_stream_told(events: list[Event]) -> None:
    record = Record(1)
    live = taken(record, *events)
    retold = list(entries_of(stored(record)))
    assert retold[:-1] == [entry for entry in live if entry.kind != "status"]
    assert retold[-1].final
    assert retold[-1].id == f"1-{entries.FINAL}"
