"""A judging process is killed in the middle, by a signal that nobody can catch: there is one
verdict all the same, whoever follows is told of it once, and the worker goes on.
"""

import os
import signal
from pathlib import Path

from sqlalchemy.orm import Session

from greenroom.core.queue import send
from greenroom.judging import service
from tests.fakes.runner import FakeRunner, Gate, honest
from tests.support.judgements import HandedIn, handed_in, kept, let_lease_pass
from tests.support.live_site import Site
from tests.support.live_worker import judging_process, working
from tests.support.sse import listening
from tests.support.waiting import until


def deliver(handed: HandedIn) -> None:
    assert send(service.JUDGE, str(handed.judgement_id))


def test_one_verdict_although_it_was_killed(
    session: Session, site: Site, worker: FakeRunner, tmp_path: Path
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    url = f"/submissions/{handed.submission_id}/events"
    with (
        working(tmp_path / "worker.log"),
        site.script(handed.scope) as script,
        listening(script, url) as events,
    ):
        deliver(handed)
        gate.let(7)  # nobody is told that the first check begins
        told = [next(events) for _ in range(6)]
        worker.script = honest
        os.kill(judging_process(worker), signal.SIGKILL)
        assert worker.callers[0].gone.wait(20)
        gate.open()
        let_lease_pass(session, handed.judgement_id)
        told += events
        found = kept(session, handed.judgement_id)
        assert (found.status, found.verdict, found.tries) == ("done", "accepted", 2)
        assert len(found.checks) == 2
        assert [each.event for each in told].count("verdict") == 1
        assert len({each.id for each in told}) == len(told)
        phases = [each.body.get("phase") for each in told]
        assert "retrying" in phases

        # Delivered again it finds nothing to do, and the next one is judged as if nothing was.
        deliver(handed)
        following = handed_in(session)
        deliver(following)
        until(lambda: kept(session, following.judgement_id).verdict == "accepted", 30)
        assert len(worker.requests) == 3
        assert kept(session, handed.judgement_id).tries == 2
