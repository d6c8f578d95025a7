"""Single-user mode: the one local person is signed in by themself, and by nobody else's page."""

import threading

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import service
from greenroom.accounts.models import Membership, User
from greenroom.core import db
from greenroom.web.csrf import COOKIE


def test_the_first_page_signs_the_local_person_in(client: TestClient, session: Session) -> None:
    first = client.get("/")
    assert first.status_code == 200
    assert first.headers["set-cookie"].startswith(f"{COOKIE}=")
    assert "set-cookie" not in client.get("/").headers
    person = session.scalars(select(User)).one()
    assert (person.email, person.password_hash) == ("you@localhost", None)
    assert session.scalars(select(Membership.role)).one() == "admin"


def test_the_local_persons_page_may_call_the_api(client: TestClient) -> None:
    assert client.get("/api/v1/me").status_code == 401
    client.get("/")
    assert client.get("/api/v1/me").json()["email"] == "you@localhost"


def test_nobody_signs_in_as_the_local_person_by_password(client: TestClient) -> None:
    client.get("/")
    body = {"email": "you@localhost", "password": ""}
    assert client.post("/api/v1/auth/token", json=body).status_code == 422
    body["password"] = "anything at all"
    assert client.post("/api/v1/auth/token", json=body).status_code == 401


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.io"}])
def test_another_sites_page_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    client.headers.pop("Sec-Fetch-Site")
    refused = client.post("/questions/add-numbers/submissions", headers=headers)
    assert refused.status_code in {303, 403}
    assert "set-cookie" not in refused.headers


def test_the_sign_in_page_goes_on_at_once(client: TestClient) -> None:
    answer = client.get("/sign-in", params={"next": "/questions"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/questions")


def test_two_first_pages_at_once_make_one_person(database: Engine) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait()
            with db.transaction() as session:
                service.ensure_local_person(session)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1
        assert session.scalar(select(func.count()).select_from(Membership)) == 1
