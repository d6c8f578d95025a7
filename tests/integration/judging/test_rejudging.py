"""Judging again: a judgement is added, the verdict stays until then, and nobody waits longer."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import tokens
from greenroom.accounts.models import ROLES, Membership
from greenroom.accounts.scope import Scope
from greenroom.bank.models import QuestionVersion
from greenroom.core.db import transaction
from greenroom.core.queue import send
from greenroom.judging import queries, service, tasks
from greenroom.judging.models import Judgement, Submission
from greenroom_runner.events import Event
from greenroom_runner.request import RunRequest
from tests.factories import accounts
from tests.fakes.runner import FakeRunner, Gate, LostError, honest
from tests.support.environment import Environment
from tests.support.judgements import WRONG, HandedIn, handed_in, kept
from tests.support.live_site import Site, judging
from tests.support.live_worker import working
from tests.support.waiting import until


def bearer(scope: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make_access_token(scope.user_id)}"}


def admin_of(session: Session, handed: HandedIn) -> Scope:
    """Return an admin of the organization that a submission belongs to."""
    person = accounts.person(session)
    home = handed.scope.organization_id
    session.execute(
        update(Membership)
        .where(Membership.user_id == person.id)
        .values(organization_id=home, role="admin")
    )
    session.commit()
    return Scope(person.id, home, "admin", "")


def asked(client: TestClient, scope: Scope, submission: UUID) -> Response:
    return client.post(f"/api/v1/submissions/{submission}/rejudge", headers=bearer(scope))


def shown(client: TestClient, handed: HandedIn) -> dict[str, object]:
    address = f"/api/v1/submissions/{handed.submission_id}"
    body: dict[str, object] = client.get(address, headers=bearer(handed.scope)).json()
    return body


def judged(handed: HandedIn) -> None:
    tasks.judge(str(handed.judgement_id))


def judgements(session: Session, handed: HandedIn) -> list[Judgement]:
    session.rollback()
    session.expire_all()
    return list(queries.own_submission(session, handed.scope, handed.submission_id).judgements)


def test_a_judgement_is_added_and_the_old_one_stays(
    session: Session, client: TestClient, worker: FakeRunner
) -> None:
    worker.script = lambda request: honest(request.model_copy(update={"files": {"answer.py": ""}}))
    handed = handed_in(session)
    judged(handed)
    first = kept(session, handed.judgement_id)
    assert first.verdict == "wrong_answer"

    worker.script = honest
    answer = asked(client, admin_of(session, handed), handed.submission_id)
    assert (answer.status_code, answer.json()["number"]) == (202, 2)
    meanwhile = shown(client, handed)
    assert (meanwhile["status"], meanwhile["verdict"]) == ("done", "wrong_answer")

    _, second = judgements(session, handed)
    tasks.judge(str(second.id))
    body = shown(client, handed)
    assert (body["verdict"], len(body["judgements"])) == ("accepted", 2)  # type: ignore[arg-type]
    old, new = judgements(session, handed)
    assert (old.verdict, old.finished_at, len(old.checks)) == (
        *("wrong_answer", first.finished_at),
        len(first.checks),
    )
    assert (new.verdict, new.seed, new.number) == ("accepted", old.seed, 2)


def test_asking_again_while_one_is_open_changes_nothing(
    session: Session, client: TestClient, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    admin = admin_of(session, handed)
    assert asked(client, admin, handed.submission_id).json()["number"] == 1, "it is queued still"
    judged(handed)
    told = [asked(client, admin, handed.submission_id).json() for _ in range(3)]
    assert [each["number"] for each in told] == [2, 2, 2]
    assert len(judgements(session, handed)) == 2


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whose", ["own", "a colleague's", "a stranger's", "nobody's"])
def test_who_may_ask(
    session: Session, client: TestClient, worker: FakeRunner, role: str, whose: str
) -> None:
    asking = accounts.scope(session)
    home = asking.organization_id
    session.execute(
        update(Membership).where(Membership.user_id == asking.user_id).values(role=role)
    )
    handed = handed_in(session)
    if whose != "a stranger's":
        owner = asking.user_id if whose == "own" else handed.scope.user_id
        session.execute(
            update(Submission)
            .where(Submission.id == handed.submission_id)
            .values(organization_id=home, user_id=owner)
        )
    session.commit()
    judged(handed)
    submission = uuid4() if whose == "nobody's" else handed.submission_id
    expected = {"own": 403, "a colleague's": 404}.get(whose, 404)
    if role == "admin" and whose in {"own", "a colleague's"}:
        expected = 202
    assert asked(client, asking, submission).status_code == expected
    client.cookies.clear()
    unknown = client.post(f"/api/v1/submissions/{submission}/rejudge")
    assert unknown.status_code in {401, 403}


def test_it_is_judged_by_the_checks_of_now(
    session: Session, client: TestClient, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    judged(handed)
    newer(session, handed, grader="# better", grading_digest="b" * 64)
    asked(client, admin_of(session, handed), handed.submission_id)
    _, second = judgements(session, handed)
    tasks.judge(str(second.id))
    assert [request.grader for request in worker.requests][1] == "# better"
    assert worker.requests[0].grader != "# better"
    assert second.grading_digest == "b" * 64


def test_an_answer_with_other_files_is_judged_by_the_checks_of_then(
    session: Session, client: TestClient, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    judged(handed)
    newer(session, handed, grader="# better", grading_digest="b" * 64, starter={"app.py": ""})
    asked(client, admin_of(session, handed), handed.submission_id)
    first, second = judgements(session, handed)
    assert second.grading_digest == first.grading_digest
    tasks.judge(str(second.id))
    assert worker.requests[1].grader == worker.requests[0].grader


def newer(session: Session, handed: HandedIn, **changes: object) -> None:
    """Add a newer version of a question."""
    session.rollback()
    question = queries.own_submission(session, handed.scope, handed.submission_id).version
    values = {
        column.name: getattr(question, column.name)
        for column in QuestionVersion.__table__.columns
        if column.name != "id"
    }
    session.execute(update(QuestionVersion).values(is_current=False))
    session.add(QuestionVersion(**{**values, "number": 2, "is_current": True, **changes}))
    session.commit()


def test_who_follows_has_the_verdict_that_stands(
    session: Session, site: Site, worker: FakeRunner
) -> None:
    handed = handed_in(session)
    judged(handed)
    with transaction() as other:
        (submission,) = queries.submissions_to_rejudge(other, [handed.submission_id], None, None)
        again = service.rejudge(other, submission).id
    gate = worker.script = Gate()
    with site.browser(session, handed.scope) as browser, judging(again):
        assert gate.reached.acquire(timeout=20)
        page = browser.get(f"/submissions/{handed.submission_id}").text
        told = browser.get(f"/api/v1/submissions/{handed.submission_id}/events").text
        gate.open()
    assert "Accepted" in page
    assert "data-live" not in page
    assert '"verdict": "accepted"' in told


def test_being_judged_again_is_nobodys_waiting(
    session: Session, worker: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = handed_in(session)
    judged(handed)
    with transaction() as other:
        (submission,) = queries.submissions_to_rejudge(other, [handed.submission_id], None, None)
        service.rejudge(other, submission)
    session.rollback()
    assert queries.count_open(session, handed.scope) == 0
    assert queries.count_waiting(session) == 0


def poisoned(poison: HandedIn) -> object:
    """Judge honestly, but be lost with this answer whenever it is tried."""

    def script(request: RunRequest) -> Iterator[Event]:
        for event in honest(request):
            yield event
            if request.judgement_id == str(poison.judgement_id) and event.type == "begin":
                raise LostError

    return script


@pytest.fixture
def one_at_a_time(environment: Environment) -> None:
    """Have the worker judge one after the other."""
    environment.set(worker_concurrency="1")


def test_poison_and_what_is_judged_again_wait_behind_everybody_else(
    one_at_a_time: None, session: Session, worker: FakeRunner, tmp_path: Path
) -> None:
    """Between two tries of a poison everybody has a turn who waited; judging again comes last."""
    old = handed_in(session)
    judged(old)
    with transaction() as other:
        (submission,) = queries.submissions_to_rejudge(other, [old.submission_id], None, None)
        again = service.rejudge(other, submission).id
    poison = handed_in(session)
    others = [handed_in(session) for _ in range(5)]
    for handed in (poison, *others):
        assert send(service.JUDGE, str(handed.judgement_id))
    worker.requests.clear()
    worker.script = poisoned(poison)  # type: ignore[assignment]
    with working(tmp_path / "worker.log"):
        until(lambda: kept(session, again).status == "done", 60)
        until(lambda: kept(session, poison.judgement_id).status == "done", 60)
    names = {
        str(poison.judgement_id): "poison",
        str(again): "again",
        **{str(one.judgement_id): "other" for one in others},
    }
    order = [names[request.judgement_id] for request in worker.requests]
    assert order == ["poison", *["other"] * 5, "poison", "poison", "again"]

    ended = kept(session, poison.judgement_id)
    assert (ended.verdict, ended.tries) == ("internal_error", 3)
    assert {kept(session, one.judgement_id).verdict for one in others} == {"accepted"}
    # It is in quarantine: swept or delivered, it is not tried again by itself.
    session.rollback()
    assert [one.id for one in queries.recent(session, 50, quarantined=True)] == [ended.id]
    tasks.sweep()
    tasks.judge(str(poison.judgement_id))
    assert len(worker.requests) == len(order)


def test_quarantine_is_left_by_being_judged_again(session: Session, worker: FakeRunner) -> None:
    handed = handed_in(session, WRONG)
    worker.script = poisoned(handed)  # type: ignore[assignment]
    for _ in range(3):
        judged(handed)
    session.rollback()
    assert len(queries.recent(session, 50, quarantined=True)) == 1
    with transaction() as other:
        (one,) = queries.submissions_to_rejudge(other, [], None, "internal_error")
        again = service.rejudge(other, one).id
    tasks.judge(str(again))
    session.rollback()
    assert queries.recent(session, 50, quarantined=True) == []
    assert queries.submissions_to_rejudge(session, [], None, "internal_error") == []
    found = queries.own_submission(session, handed.scope, handed.submission_id)
    assert [each.verdict for each in found.judgements] == ["internal_error", "wrong_answer"]
