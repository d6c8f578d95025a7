"""A submission by script: how it stands in every state, stopping it, and whose it is."""

from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import tokens
from greenroom.accounts.scope import Scope
from greenroom.judging import journal, tasks
from greenroom.judging.service import OUR_FAULT
from greenroom_runner.events import Check, Event, Frame
from greenroom_runner.request import RunRequest
from tests.factories import accounts
from tests.factories.bank import ANSWER
from tests.fakes.runner import FakeRunner, Gate, LostError, honest
from tests.support.judgements import WRONG, HandedIn, handed_in, kept
from tests.support.live_site import Site, judging
from tests.support.problems import expect_problem
from tests.support.sse import listening


def bearer(scope: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make_access_token(scope.user_id)}"}


def seen(client: TestClient, handed: HandedIn) -> dict[str, object]:
    answer = client.get(here(handed), headers=bearer(handed.scope))
    assert answer.status_code == 200
    body: dict[str, object] = answer.json()
    return body


def here(handed: HandedIn) -> str:
    return f"/api/v1/submissions/{handed.submission_id}"


def stop(client: TestClient, handed: HandedIn) -> httpx2.Response:
    return client.delete(here(handed), headers=bearer(handed.scope))


def judged(handed: HandedIn) -> None:
    tasks.judge(str(handed.judgement_id))


def test_queued(session: Session, client: TestClient) -> None:
    handed = handed_in(session, mode="run")
    body = seen(client, handed)
    assert body["id"] == str(handed.submission_id)
    assert body["question"] == handed.question.slug
    assert (body["mode"], body["status"], body["verdict"]) == ("run", "queued", None)
    assert (body["checks"], body["usage"], body["finished_at"]) == ([], {}, None)
    assert body["events_url"] == f"{here(handed)}/events"


def test_running(session: Session, client: TestClient, worker: FakeRunner) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        body = seen(client, handed)
        gate.open()
    assert (body["status"], body["verdict"], body["seed"]) == ("running", None, None)


def test_done(session: Session, client: TestClient) -> None:
    handed = handed_in(session)
    judged(handed)
    body = seen(client, handed)
    assert (body["status"], body["verdict"]) == ("done", "accepted")
    assert body["finished_at"]
    usage = body["usage"]
    assert isinstance(usage, dict)
    assert usage["peak_memory_kib"] == 30_000
    checks = body["checks"]
    assert isinstance(checks, list)
    assert [(each["name"], each["visibility"], each["status"]) for each in checks] == [
        ("Adds two numbers", "visible", "passed"),
        ("Adds what is negative", "hidden", "passed"),
    ]


def test_what_a_check_used_and_what_repeats_it(session: Session, client: TestClient) -> None:
    handed = handed_in(session, WRONG)
    judged(handed)
    body = seen(client, handed)
    assert body["seed"] == 7
    checks = body["checks"]
    assert isinstance(checks, list)
    told = [(each["cpu_ms"], each["peak_memory_kib"], each["seed"]) for each in checks]
    assert told == [(1.25, 30_000, 7), (None, None, None)]


def breaks(request: RunRequest) -> Iterator[Event]:
    yield from islice(honest(request), 5)
    raise LostError


def test_our_fault(session: Session, client: TestClient, worker: FakeRunner) -> None:
    worker.script = breaks
    handed = handed_in(session)
    for _ in range(3):
        judged(handed)
    body = seen(client, handed)
    assert (body["status"], body["verdict"]) == ("done", "internal_error")
    assert body["message"] == OUR_FAULT
    # What broke is for the log, not for the person.
    reason = kept(session, handed.judgement_id).detail["reason"]
    assert reason
    assert reason not in str(body)


SECRET = "what only the grader knows"


def talkative(request: RunRequest) -> Iterator[Event]:
    """Say of the hidden check all that there is, as a runner with a fault would."""
    frame = Frame(file="grader.py", line=1, function="adds_negative", source=SECRET)
    said = dict.fromkeys(("message", "expected", "actual", "diff", "output", "error"), SECRET)
    for event in honest(request):
        if isinstance(event, Check) and event.id == "adds_negative":
            yield event.model_copy(update=said | {"traceback": [frame]})
        else:
            yield event


@pytest.mark.parametrize("answer", [WRONG, ANSWER])
def test_nothing_of_a_hidden_check_reaches_the_person(
    session: Session, site: Site, worker: FakeRunner, answer: str
) -> None:
    worker.script = talkative
    handed = handed_in(session, answer)
    place = f"/submissions/{handed.submission_id}"
    with site.script(handed.scope) as script, site.browser(session, handed.scope) as browser:
        with listening(script, f"{place}/events") as events, judging(handed.judgement_id):
            live = list(events)
        shown = [
            str(live),
            script.get(place).text,
            script.get(f"{place}/events").text,
            script.get(f"/questions/{handed.question.slug}").text,
            browser.get(place).text,
            browser.get(f"{place}/stream").text,
            browser.get(f"/questions/{handed.question.slug}").text,
        ]
    for text in shown:
        assert "Adds what is negative" in text
        assert SECRET not in text
        assert "def adds_negative" not in text
    check = kept(session, handed.judgement_id).checks[1]
    assert (check.visibility, check.hint) == ("hidden", "A hint.")
    assert SECRET not in str(vars(check))


def test_what_waits_can_be_stopped_and_stopped_again(session: Session, client: TestClient) -> None:
    handed = handed_in(session)
    assert stop(client, handed).status_code == 204
    first = kept(session, handed.judgement_id).finished_at
    assert stop(client, handed).status_code == 204
    assert kept(session, handed.judgement_id).finished_at == first
    body = seen(client, handed)
    assert (body["status"], body["verdict"]) == ("cancelled", None)
    (told,) = journal.held(handed.judgement_id)
    assert told.body["status"] == "cancelled"


def test_what_runs_can_be_stopped(session: Session, client: TestClient, worker: FakeRunner) -> None:
    gate = worker.script = Gate()
    handed = handed_in(session)
    with judging(handed.judgement_id):
        assert gate.reached.acquire(timeout=10)
        assert stop(client, handed).status_code == 204
        assert worker.callers[0].gone.wait(10)
        gate.open()
    assert seen(client, handed)["status"] == "cancelled"
    assert journal.held(handed.judgement_id)[-1].body["status"] == "cancelled"


def test_what_is_over_stays_as_it_is(session: Session, client: TestClient) -> None:
    handed = handed_in(session)
    judged(handed)
    before = seen(client, handed)
    assert stop(client, handed).status_code == 204
    assert seen(client, handed) == before


@pytest.mark.parametrize(("method", "part"), [("GET", ""), ("DELETE", ""), ("GET", "/events")])
def test_anothers_submission_is_not_there(
    session: Session, client: TestClient, method: str, part: str
) -> None:
    handed = handed_in(session)
    home = handed.scope.organization_id
    stranger, colleague = accounts.scope(session), accounts.person(session)
    session.commit()
    for other in (bearer(stranger), bearer(Scope(colleague.id, home, "candidate", ""))):
        answer = client.request(method, f"{here(handed)}{part}", headers=other)
        theirs = expect_problem(answer, 404)
        unknown = client.request(method, f"/api/v1/submissions/{uuid4()}{part}", headers=other)
        assert expect_problem(unknown, 404) == theirs
    assert kept(session, handed.judgement_id).status == "queued"
    expect_problem(client.request(method, f"{here(handed)}{part}"), 401)


@pytest.mark.parametrize("odd", ["x", "1", "%00", "%ff", "..", "0" * 33, "0" * 5000])
def test_what_no_id_looks_like_is_not_there(session: Session, client: TestClient, odd: str) -> None:
    headers = bearer(accounts.scope(session))
    session.commit()
    for method, part in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
        address = f"/api/v1/submissions/{odd}{part}"
        expect_problem(client.request(method, address, headers=headers), 404)
