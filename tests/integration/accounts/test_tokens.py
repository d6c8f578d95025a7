"""Tokens for scripts: got for a password, traded once, ended as a family, kept for a script."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx2 import Response
from jose import jwt
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import tokens
from greenroom.accounts.models import PersonalToken, RefreshToken, User
from greenroom.accounts.scope import Scope
from greenroom.core.clock import now
from tests.factories import accounts
from tests.support.environment import Environment
from tests.support.problems import expect_problem

EMAIL = "ada@example.com"


@pytest.fixture(params=["single-user", "multi-user"])
def mode(request: pytest.FixtureRequest, environment: Environment, database: object) -> str:
    chosen: str = request.param
    environment.set(mode=chosen)
    return chosen


@pytest.fixture
def ada(session: Session) -> User:
    made = accounts.person(session, email=EMAIL, password=accounts.PASSWORD)
    session.commit()
    return made


def login(client: TestClient, password: str = accounts.PASSWORD, email: str = EMAIL) -> Response:
    return client.post("/api/v1/auth/token", json={"email": email, "password": password})


def bearer(token: str) -> dict[bytes, bytes]:
    return {b"Authorization": b"Bearer " + token.encode()}


def me(client: TestClient, token: str) -> Response:
    return client.get("/api/v1/me", headers=bearer(token))


def test_a_password_gets_tokens_in_either_mode(mode: str, client: TestClient, ada: User) -> None:
    given = login(client).json()

    assert given["token_type"] == "bearer"
    assert given["expires_in"] == 900
    answer = me(client, given["access_token"])
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(ada.id),
        "email": EMAIL,
        "name": "A Person",
        "role": "candidate",
        "organization": answer.json()["organization"],
    }


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong password"),
        ("nobody@example.com", accounts.PASSWORD),
        (EMAIL + "\x00", accounts.PASSWORD),
        ("' OR 1=1 --", accounts.PASSWORD),
    ],
)
def test_what_was_wrong_is_not_told(
    client: TestClient, ada: User, email: str, password: str
) -> None:
    problem = expect_problem(login(client, password, email), 401)
    assert problem["detail"] == "The address or the password is not right. Try again."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": EMAIL},
        {"email": EMAIL, "password": ""},
        {"email": EMAIL, "password": "x" * 1001},
        {"email": "x" * 255, "password": accounts.PASSWORD},
        {"email": 1, "password": 2},
        [],
    ],
)
def test_a_malformed_login_names_its_fields(client: TestClient, body: object) -> None:
    problem = expect_problem(client.post("/api/v1/auth/token", json=body), 422)
    assert problem["fields"]


def test_a_body_that_is_not_json(client: TestClient) -> None:
    answer = client.post("/api/v1/auth/token", content=b"{", headers={"content-type": "text/json"})
    expect_problem(answer, 422)


def test_someone_who_is_not_active_gets_nothing(client: TestClient, session: Session) -> None:
    accounts.person(session, email=EMAIL, password=accounts.PASSWORD, is_active=False)
    session.commit()
    expect_problem(login(client), 401)


def test_a_token_ends_with_its_person(client: TestClient, session: Session, ada: User) -> None:
    token = login(client).json()["access_token"]
    ada.is_active = False
    session.commit()
    expect_problem(me(client, token), 401)


def test_a_token_ends_after_a_quarter_of_an_hour(client: TestClient, ada: User) -> None:
    token = login(client).json()["access_token"]
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        expect_problem(me(client, token), 401)


def claims(user: User, **changes: object) -> dict[str, Any]:
    good = {
        "sub": str(user.id),
        "typ": "access",
        "iss": "greenroom",
        "aud": "greenroom-api",
        "exp": now() + timedelta(minutes=1),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def test_our_own_claims_are_taken(client: TestClient, ada: User) -> None:
    token = jwt.encode(claims(ada), tokens._secret(), algorithm="HS256")
    assert me(client, token).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "refresh"},
        {"typ": None},
        {"iss": "elsewhere"},
        {"iss": None},
        {"aud": "elsewhere"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"sub": None},
        {"sub": "not an id"},
        {"nbf": 9_999_999_999},
    ],
    ids=str,
)
def test_other_claims_are_refused(
    client: TestClient, ada: User, changes: dict[str, object]
) -> None:
    token = jwt.encode(claims(ada, **changes), tokens._secret(), algorithm="HS256")
    expect_problem(me(client, token), 401)


def test_other_keys_and_algorithms_are_refused(client: TestClient, ada: User) -> None:
    good = claims(ada)
    secret = tokens._secret()
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + jwt.encode(good, secret).split(".")[1] + "."
    for token in (
        jwt.encode(good, "another secret", algorithm="HS256"),
        jwt.encode(good, secret, algorithm="HS512"),
        unsigned,
        "x.y.z",
        "",
        "é",
        "x" * 10_000,
    ):
        expect_problem(me(client, token), 401)


def test_nothing_but_hashes_is_stored(client: TestClient, session: Session, ada: User) -> None:
    given = login(client).json()
    stored = session.scalars(select(RefreshToken)).one()
    assert stored.token_hash != given["refresh_token"]
    assert len(stored.token_hash) == 64
    assert ada.password_hash is not None
    assert ada.password_hash.startswith("$argon2id$")


def refresh(client: TestClient, token: str) -> Response:
    return client.post("/api/v1/auth/refresh", json={"refresh_token": token})


def test_a_refresh_token_is_good_once_and_a_copy_ends_the_family(
    client: TestClient, ada: User
) -> None:
    first = login(client).json()["refresh_token"]
    second = refresh(client, first).json()["refresh_token"]
    third = refresh(client, second).json()
    assert me(client, third["access_token"]).status_code == 200

    expect_problem(refresh(client, first), 401)
    expect_problem(refresh(client, third["refresh_token"]), 401)


def test_another_login_is_another_family(client: TestClient, ada: User) -> None:
    stolen = login(client).json()["refresh_token"]
    other = login(client).json()["refresh_token"]
    refresh(client, stolen)
    expect_problem(refresh(client, stolen), 401)
    assert refresh(client, other).status_code == 200


def test_a_refresh_token_ends_after_a_month(client: TestClient, ada: User) -> None:
    token = login(client).json()["refresh_token"]
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        expect_problem(refresh(client, token), 401)


@pytest.mark.parametrize("token", ["unknown", "\x00", "é" * 100])
def test_an_unknown_refresh_token(client: TestClient, token: str) -> None:
    expect_problem(refresh(client, token), 401)


def test_tries_are_counted_per_address_and_place(client: TestClient, ada: User) -> None:
    for _ in range(10):
        expect_problem(login(client, "wrong password"), 401)
    answer = login(client)
    problem = expect_problem(answer, 429)
    assert "minutes" in problem["detail"]
    assert 0 < int(answer.headers["retry-after"]) <= 900
    expect_problem(login(client, email="else@example.com"), 401)


def test_tries_are_counted_while_redis_is_away(
    client: TestClient, ada: User, environment: Environment
) -> None:
    environment.set(redis_url="redis://127.0.0.1:1/0")
    for _ in range(10):
        expect_problem(login(client, "wrong password"), 401)
    expect_problem(login(client), 429)


def test_a_right_password_starts_the_count_again(client: TestClient, ada: User) -> None:
    for _ in range(3):
        for _ in range(9):
            expect_problem(login(client, "wrong password"), 401)
        assert login(client).status_code == 200


@pytest.fixture
def token(client: TestClient, ada: User) -> str:
    given: str = login(client).json()["access_token"]
    return given


def test_a_personal_token_is_made_listed_used_and_removed(
    client: TestClient, session: Session, token: str
) -> None:
    made = client.post("/api/v1/me/tokens", json={"name": " ci ", "days": 7}, headers=bearer(token))
    assert made.status_code == 201
    personal = made.json()["token"]
    assert personal.startswith("grt_")
    assert me(client, personal).status_code == 200

    listed = client.get("/api/v1/me/tokens", headers=bearer(personal)).json()
    assert (listed["total"], listed["next"]) == (1, None)
    [shown] = listed["items"]
    assert shown["name"] == "ci"
    assert shown["last_used_at"]
    assert "token" not in shown
    assert personal not in str(session.scalars(select(PersonalToken.token_hash)).all())

    removed = client.delete(f"/api/v1/me/tokens/{shown['id']}", headers=bearer(token))
    assert removed.status_code == 204
    expect_problem(me(client, personal), 401)
    again = client.delete(f"/api/v1/me/tokens/{shown['id']}", headers=bearer(token))
    expect_problem(again, 404)


def test_a_personal_token_ends_when_it_was_said_to(client: TestClient, token: str) -> None:
    made = client.post("/api/v1/me/tokens", json={"name": "ci", "days": 7}, headers=bearer(token))
    with time_machine.travel(now() + timedelta(days=8), tick=True):
        expect_problem(me(client, made.json()["token"]), 401)


def test_a_personal_token_makes_no_others(client: TestClient, token: str) -> None:
    made = client.post("/api/v1/me/tokens", json={"name": "ci"}, headers=bearer(token))
    refused = client.post(
        "/api/v1/me/tokens", json={"name": "more"}, headers=bearer(made.json()["token"])
    )
    expect_problem(refused, 403)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": " "},
        {"name": "a\x00b"},
        {"name": "a", "days": 0},
        {"name": "a", "days": True},
        {"name": "a", "days": 10**30},
    ],
)
def test_a_personal_token_needs_a_name_and_a_good_age(
    client: TestClient, token: str, body: dict[str, object]
) -> None:
    expect_problem(client.post("/api/v1/me/tokens", json=body, headers=bearer(token)), 422)


def test_somebody_elses_personal_token_is_not_there(
    client: TestClient, session: Session, token: str
) -> None:
    other = accounts.scope(session)
    foreign = _personal(session, other)
    session.commit()
    answer = client.delete(f"/api/v1/me/tokens/{foreign.id}", headers=bearer(token))
    expect_problem(answer, 404)
    session.expire_all()
    assert session.get_one(PersonalToken, foreign.id).revoked_at is None
    assert client.get("/api/v1/me/tokens", headers=bearer(token)).json()["items"] == []


def _personal(session: Session, scope: Scope) -> PersonalToken:
    made = PersonalToken(user_id=scope.user_id, name="theirs", token_hash="0" * 64)
    session.add(made)
    session.flush()
    return made


def test_there_are_never_too_many_personal_tokens(client: TestClient, token: str) -> None:
    for number in range(50):
        body = {"name": f"token {number}"}
        assert client.post("/api/v1/me/tokens", json=body, headers=bearer(token)).status_code == 201
    refused = client.post("/api/v1/me/tokens", json={"name": "more"}, headers=bearer(token))
    expect_problem(refused, 409)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_told_to_sign_in(mode: str, client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/me/tokens", json={"name": "a"})
    expect_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
