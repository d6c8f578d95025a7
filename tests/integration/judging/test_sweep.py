"""What was lost is found again: messages, silent workers, ends that nobody was told."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from greenroom.core.db import transaction
from greenroom.core.queue import queue
from greenroom.core.redis import client
from greenroom.judging import journal, queries, service, tasks
from greenroom.judging.service import OUR_FAULT
from tests.fakes.runner import FakeRunner
from tests.support.judgements import HandedIn, age, handed_in, kept, let_lease_pass

LATE = timedelta(seconds=6)


def waiting_messages() -> int:
    return int(client().llen(queue().conf.task_default_queue))


def claim(handed: HandedIn) -> None:
    with transaction() as session:
        assert service.claim(session, handed.judgement_id, tasks.LEASE)


def test_a_lost_message_is_sent_again_once(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    tasks.sweep()
    assert waiting_messages() == 0, "it is not late yet"
    age(session, handed.judgement_id, LATE)
    tasks.sweep()
    tasks.sweep()
    assert waiting_messages() == 1


def test_after_a_flush_the_message_is_sent_again_at_once(
    session: Session, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    age(session, handed.judgement_id, LATE)
    tasks.sweep()
    client().flushall()
    tasks.sweep()
    assert waiting_messages() == 1


def test_what_is_judged_or_under_way_is_left_alone(session: Session, worker: FakeRunner) -> None:
    done, running = handed_in(session), handed_in(session)
    tasks.judge(str(done.judgement_id))
    claim(running)
    for handed in (done, running):
        age(session, handed.judgement_id, LATE)
    tasks.sweep()
    assert waiting_messages() == 0


def test_a_silent_workers_judgement_is_queued_again(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    claim(handed)
    let_lease_pass(session, handed.judgement_id)
    tasks.sweep()
    found = kept(session, handed.judgement_id)
    assert (found.status, found.tries, found.lease_token) == ("queued", 1, None)
    assert waiting_messages() == 1
    tasks.judge(str(handed.judgement_id))
    assert kept(session, handed.judgement_id).verdict == "accepted"


def test_the_third_silence_is_the_last(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    for _ in range(service.MAX_TRIES):
        claim(handed)
        let_lease_pass(session, handed.judgement_id)
        tasks.sweep()
    found = kept(session, handed.judgement_id)
    assert (found.status, found.verdict, found.message) == ("done", "internal_error", OUR_FAULT)
    assert [entry.kind for entry in journal.held(handed.judgement_id)] == ["verdict"]


@pytest.mark.parametrize("lost", ["all", "end"])
def test_an_end_that_was_not_told_is_told(session: Session, worker: FakeRunner, lost: str) -> None:
    handed = handed_in(session)
    tasks.judge(str(handed.judgement_id))
    key = journal.stream_key(handed.judgement_id)
    before = journal.held(handed.judgement_id)
    client().delete(key)
    if lost == "end":
        for entry in before[:-2]:
            client().xadd(key, {"e": entry.text()}, id=entry.id)
    tasks.sweep()
    after = journal.held(handed.judgement_id)
    assert [entry for entry in after if entry.kind != "status"] == [
        entry for entry in before if entry.kind != "status"
    ]


def test_queries_find_what_a_sweep_needs(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session)
    found = kept(session, handed.judgement_id)
    late = found.queued_at + LATE
    assert queries.waiting_since(session, found.queued_at, again=False) == []
    assert queries.waiting_since(session, late, again=False) == [found.id]
    assert queries.waiting_since(session, late, again=True) == []
