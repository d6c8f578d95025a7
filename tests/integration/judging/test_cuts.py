"""A line that is cut 200 times, anywhere: nothing is missing, nothing comes twice."""

import itertools
import random
from collections.abc import Iterator

import httpx2
import pytest
from sqlalchemy.orm import Session

from greenroom.core.redis import client as redis_client
from greenroom.judging import journal
from greenroom_runner.events import Event, Finished, Plan, PlannedCheck, Status
from greenroom_runner.request import RunRequest
from tests.fakes.runner import USAGE, FakeRunner, Gate, result
from tests.support.judgements import handed_in
from tests.support.live_site import Site, judging
from tests.support.sse import PATIENCE, Sent, heard, in_time, parse

CUTS = 200
LINES_OF_AN_EVENT = 4
CHECKS = [
    PlannedCheck(id=f"check_{number}", name="A check", group="", visibility="visible")
    for number in range(400)
]


def long(_: RunRequest) -> Iterator[Event]:
    yield Status(phase="starting")
    yield Plan(checks=CHECKS)
    for each in CHECKS:  # each event here is told: a begin would not be
        yield result(each.id, right=True)
    yield Finished(outcome="completed", usage=USAGE)


def cut_after(client: httpx2.Client, url: str, after: str, lines: int) -> list[Sent]:
    """Return the whole events in the first lines of a stream, which is then cut."""
    headers = {"Last-Event-ID": after} if after else {}
    with client.stream("GET", url, headers=headers, timeout=PATIENCE) as answer:
        return list(parse(itertools.islice(in_time(answer.iter_lines()), lines)))


@pytest.mark.parametrize("lost", [0.0, 0.1], ids=["kept", "lost now and then"])
def test_no_gap_and_no_double(
    session: Session, site: Site, worker: FakeRunner, lost: float
) -> None:
    chance = random.Random(7)
    gate = worker.script = Gate(long)
    handed = handed_in(session)
    url = f"/submissions/{handed.submission_id}/events"
    told: list[Sent] = []
    with site.script(handed.scope) as script:
        with judging(handed.judgement_id):
            for _ in range(CUTS):
                lines = chance.randint(0, 2 * LINES_OF_AN_EVENT + 1)
                if chance.random() < lost:
                    redis_client().delete(journal.stream_key(handed.judgement_id))
                gate.let(1 + lines // LINES_OF_AN_EVENT)
                told += cut_after(script, url, told[-1].id if told else "", lines)
            gate.open()
        assert told[-1].event != "verdict", "some cuts came too late"
        told += heard(script, url, told[-1].id)
        assert [each.id for each in told] == sorted({each.id for each in told}, key=places)
        ends = [each.body["id"] for each in told if each.event == "check"]
        assert ends == [check.id for check in CHECKS]
        phases = [each.body["phase"] for each in told if each.event == "status"]
        assert phases == ["starting", "planned"]
        assert told[-1].body["verdict"] == "accepted"
        assert told == heard(script, url)


def places(entry_id: str) -> tuple[int, ...]:
    return tuple(map(int, entry_id.split("-")))
