"""Whoever waits is told how many are ahead, and a queue that is full says so."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from greenroom.bank import queries
from greenroom.core.errors import BusyError
from greenroom.judging import journal, service, tasks
from tests.factories import accounts
from tests.fakes.runner import FakeRunner
from tests.support.judgements import HandedIn, age, handed_in

NOTICED = timedelta(seconds=3)


def places(handed: HandedIn) -> list[int]:
    told = journal.held(handed.judgement_id)
    return [entry.body["position"] for entry in told if entry.body.get("try") == 0]


def test_the_line_is_told_and_moves_up(session: Session, worker: FakeRunner) -> None:
    first, second, third = (handed_in(session) for _ in range(3))
    for number, handed in enumerate((third, second, first)):
        age(session, handed.judgement_id, NOTICED * (number + 1))
    tasks.tell_places()
    assert [places(first), places(second), places(third)] == [[0], [1], [2]]
    tasks.judge(str(first.judgement_id))
    tasks.tell_places()
    tasks.tell_places()
    assert [places(second), places(third)] == [[1, 0], [2, 1]]
    assert journal.held(first.judgement_id)[-1].kind == "verdict"


def test_nobody_is_told_who_hardly_waits(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    tasks.tell_places()
    assert places(handed) == []


def test_a_place_is_no_news_once_judging_has_begun(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    age(session, handed.judgement_id, NOTICED)
    tasks.judge(str(handed.judgement_id))
    tasks.tell_places()
    assert places(handed) == []


def test_a_full_queue_takes_nothing_and_says_when_to_come_again(
    session: Session, worker: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_WAITING", 1)
    waiting = handed_in(session)
    version = queries.question_by_slug(session, waiting.question.slug).current
    with pytest.raises(BusyError) as refused:
        service.submit(session, accounts.scope(session), version, {"answer.py": "x = 1"}, "submit")
    assert refused.value.retry_after == service.BUSY_SECONDS
    session.rollback()
    tasks.judge(str(waiting.judgement_id))
    service.submit(session, accounts.scope(session), version, {"answer.py": "x = 1"}, "submit")
