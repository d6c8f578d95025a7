"""What is being typed is kept: over reloads and other windows, never over somebody else's."""

from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import service as accounts_service
from greenroom.accounts.scope import Scope
from greenroom.judging.models import Judgement, Submission
from greenroom.practice.models import Draft
from greenroom.web.csrf import COOKIE
from greenroom.web.limits import MAX_BODY
from tests.factories import accounts, bank, practice
from tests.support.environment import Environment

TYPED = {"answer.py": "def add(left, right):\n    return left"}


@pytest.fixture
def scope(session: Session, client: TestClient) -> Scope:
    """A person who is signed in with the client."""
    made = accounts.scope(session)
    client.cookies.set(COOKIE, accounts_service.sign_in(session, made.user_id))
    session.commit()
    return made


@pytest.fixture
def attempt_id(session: Session, scope: Scope) -> UUID:
    """Their attempt at a code question."""
    made = practice.attempt(session, scope, bank.question(session, slug="add")).id
    session.commit()
    return made


def save(
    client: TestClient, attempt_id: UUID, files: object = TYPED, version: object = 0
) -> Response:
    return client.put(f"/attempts/{attempt_id}/draft", json={"files": files, "version": version})


def test_a_draft_survives(client: TestClient, attempt_id: UUID) -> None:
    first = save(client, attempt_id)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert (first.json()["version"], first.json()["files"]) == (1, TYPED)
    more = {"answer.py": TYPED["answer.py"] + " + right"}
    assert save(client, attempt_id, more, 1).json()["version"] == 2
    assert "return left + right" in client.get("/questions/add").text


def test_two_windows_do_not_overwrite_each_other(client: TestClient, attempt_id: UUID) -> None:
    save(client, attempt_id)
    mine = save(client, attempt_id, {"answer.py": "mine"}, 1)
    theirs = save(client, attempt_id, {"answer.py": "theirs"}, 1)
    assert theirs.status_code == 409
    assert theirs.json() == mine.json()
    # Whoever has seen the other draft may choose.
    assert save(client, attempt_id, {"answer.py": "theirs"}, 2).json()["version"] == 3


@pytest.mark.parametrize("version", [1, 5, -1, 2**31, 2**63, 10**30])
def test_a_version_that_never_was_saves_nothing(
    client: TestClient, session: Session, attempt_id: UUID, version: int
) -> None:
    save(client, attempt_id, {"answer.py": "first"})
    save(client, attempt_id, {"answer.py": "second"}, 1)
    answer = save(client, attempt_id, {"answer.py": "lost"}, version)
    assert answer.status_code == (409 if 0 <= version < 2**31 else 422), answer.text
    kept = session.scalars(select(Draft)).one()
    assert kept.files == {"answer.py": "second"}


def test_what_no_database_can_hold_is_left_out(client: TestClient, attempt_id: UUID) -> None:
    body = b'{"files": {"answer.py": "a\\u0000b\\ud800c"}, "version": 0}'
    answer = client.put(
        f"/attempts/{attempt_id}/draft", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["files"] == {"answer.py": "abc"}


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({}, 422),
        ({"other.py": "x"}, 422),
        ({"answer.py": "x", "other.py": "y"}, 422),
        ({"answer.py": None}, 422),
        ("answer.py", 422),
        ({"answer.py": "x" * MAX_BODY}, 413),
    ],
)
def test_what_is_no_draft_of_this_question(
    client: TestClient, session: Session, attempt_id: UUID, files: object, status: int
) -> None:
    assert save(client, attempt_id, files).status_code == status
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_anothers_attempt_is_not_there(client: TestClient, session: Session, scope: Scope) -> None:
    other = accounts.scope(session)
    theirs = practice.attempt(session, other, bank.question(session)).id
    session.commit()
    assert save(client, theirs).status_code == 404
    assert save(client, uuid4()).status_code == 404
    assert client.put("/attempts/x/draft", json={"files": TYPED, "version": 0}).status_code == 404
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_another_site_saves_nothing(client: TestClient, session: Session, attempt_id: UUID) -> None:
    client.headers["Sec-Fetch-Site"] = "cross-site"
    assert save(client, attempt_id).status_code == 403
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_whoever_was_signed_out_is_led_to_signing_in(
    database: object, environment: Environment, client: TestClient, attempt_id: UUID
) -> None:
    environment.set(mode="multi-user")
    client.cookies.clear()
    answer = save(client, attempt_id)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_a_plain_form_keeps_what_it_sent_even_when_it_is_refused(
    client: TestClient, attempt_id: UUID
) -> None:
    typed = {"answer.py": "x = 1\r\ny = '\0'"}
    answer = client.post("/questions/add/submissions", data=typed | {"mode": "submit"})
    assert answer.status_code == 422
    assert "NUL" in answer.text
    assert "y = &#39;&#39;" in client.get("/questions/add").text


@pytest.mark.parametrize(
    ("sent", "status", "seed"),
    [("12", 303, 12), ("x", 422, None), ("٣", 422, None), ("9" * 5_000, 422, None)],
)
def test_the_form_runs_a_check_again_with_its_inputs(
    client: TestClient, session: Session, attempt_id: UUID, sent: str, status: int, seed: int | None
) -> None:
    answer = client.post("/questions/add/submissions", data={"answer.py": "x = 1", "seed": sent})
    assert answer.status_code == status
    kept = session.execute(select(Submission.mode, Judgement.seed).join(Submission.judgements))
    assert [tuple(row) for row in kept] == ([("run", seed)] if seed is not None else [])
