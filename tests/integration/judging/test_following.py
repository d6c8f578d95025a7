"""Following a submission over the wire: before, during and after, alone and in company, and going
on from anywhere.
"""

from itertools import chain

import pytest
from sqlalchemy.orm import Session

from greenroom.core.redis import client as redis_client
from greenroom.judging import journal, tasks
from greenroom.judging.entries import FINAL
from tests.fakes.runner import FakeRunner, Gate
from tests.support.judgements import WRONG, HandedIn, handed_in
from tests.support.live_site import Site, judging
from tests.support.sse import Sent, heard, listening

NAMES = [*["status"] * 5, "check", "check", "verdict"]
"""What a submission to a question of two checks tells: a plan is a status for scripts."""


def url(handed: HandedIn) -> str:
    return f"/submissions/{handed.submission_id}/events"


def judged(handed: HandedIn) -> None:
    tasks.judge(str(handed.judgement_id))


def names(events: list[Sent]) -> list[str]:
    return [each.event for each in events]


def test_whoever_comes_before_is_told_as_it_happens(session: Session, site: Site) -> None:
    handed = handed_in(session)
    with site.script(handed.scope) as script, listening(script, url(handed)) as events:
        with judging(handed.judgement_id):
            told = list(events)
        assert names(told) == NAMES
        phases = [each.body["phase"] for each in told if each.event == "status"]
        assert phases == ["queued", "starting", "loading", "planned", "checking"]
        (*_, last) = told
        assert (last.id, last.body["verdict"]) == (f"1-{FINAL}", "accepted")
        assert last.body["submission"] == str(handed.submission_id)


def test_each_event_is_told_the_moment_it_is_known(
    session: Session, site: Site, worker: FakeRunner
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with site.script(handed.scope) as script, listening(script, url(handed)) as events:
        with judging(handed.judgement_id):
            for name in NAMES[:-1]:
                gate.let(2 if name == "check" else 1)  # nobody is told that a check begins
                assert next(events).event == name
            gate.open()
        assert names(list(events)) == ["verdict"]


def test_whoever_comes_in_the_middle_gets_all_of_it_once(
    session: Session, site: Site, worker: FakeRunner
) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with site.script(handed.scope) as script, judging(handed.judgement_id):
        gate.let(7)  # nobody is told that the first check begins
        with listening(script, url(handed)) as early:
            begun = [next(early) for _ in range(6)]
            with listening(script, url(handed)) as late:
                caught_up = [next(late) for _ in range(6)]
                assert caught_up == begun
                gate.open()
                assert list(early) == list(late)


def test_the_expired_stream_is_told_from_the_database(session: Session, site: Site) -> None:
    handed = handed_in(session, WRONG)
    judged(handed)
    with site.script(handed.scope) as script:
        live = heard(script, url(handed))
        redis_client().delete(journal.stream_key(handed.judgement_id))
        recorded = heard(script, url(handed))
        # Passing states are not kept; everything that came of the answer is, under the same ids.
        lasting = [
            each for each in live if each.event != "status" or each.body["phase"] == "planned"
        ]
        assert recorded == lasting
        for place, seen in enumerate(recorded[:-1], start=1):
            assert heard(script, url(handed), seen.id) == recorded[place:]


def test_behind_the_verdict_an_event_source_is_told_to_stop(session: Session, site: Site) -> None:
    handed = handed_in(session)
    judged(handed)
    with site.script(handed.scope) as script:
        (*_, last) = heard(script, url(handed))
        again = script.get(url(handed), headers={"Last-Event-ID": last.id})
        assert (again.status_code, again.content) == (204, b"")


@pytest.mark.parametrize("nonsense", ["x", "0", "-", "1-", "99-1", f"1-{FINAL + 1}", "9" * 5000])
def test_nonsense_begins_at_the_start(session: Session, site: Site, nonsense: str) -> None:
    handed = handed_in(session)
    judged(handed)
    with site.script(handed.scope) as script:
        assert names(heard(script, url(handed), nonsense)) == NAMES


def test_cancelling_is_told(session: Session, site: Site, worker: FakeRunner) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with (
        site.script(handed.scope) as script,
        listening(script, url(handed)) as events,
        judging(handed.judgement_id),
    ):
        gate.let(5)
        told = [next(events) for _ in range(5)]
        assert script.delete(f"/submissions/{handed.submission_id}").status_code == 204
        (last,) = events
        gate.open()
    assert (last.event, last.body["status"], last.body["verdict"]) == ("verdict", "cancelled", None)
    assert len({each.id for each in chain(told, (last,))}) == 6


def test_only_the_head_is_asked_of_a_stream(session: Session, site: Site) -> None:
    handed = handed_in(session)
    with site.script(handed.scope) as script:
        answer = script.head(url(handed))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        # The connection is free for the next request, for the stream did not go on.
        assert script.get("/me").status_code == 200


def test_a_page_follows_too_and_goes_on_where_it_was(session: Session, site: Site) -> None:
    handed = handed_in(session, WRONG)
    here = f"/submissions/{handed.submission_id}/stream"
    with site.browser(session, handed.scope) as browser:
        with listening(browser, here) as events, judging(handed.judgement_id):
            told = list(events)
        assert told[-1].event == "done"
        for place, seen in enumerate(told[:-1], start=1):
            assert heard(browser, here, seen.id) == told[place:]
            assert heard(browser, f"{here}?after={seen.id}") == told[place:]


def test_the_end_of_the_web_process_ends_open_streams(session: Session, site: Site) -> None:
    handed = handed_in(session)
    with site.script(handed.scope) as script, listening(script, url(handed)) as events:
        site.stop()
        assert list(events) == []
