"""Signing in by browser: who is let in, where they go, and who cannot make them."""

from datetime import timedelta

import pytest
import time_machine
from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts.models import LoginSession, User
from greenroom.accounts.sign_in_routes import local_address
from greenroom.core.clock import now
from greenroom.web.csrf import COOKIE
from tests.factories import accounts
from tests.support.environment import Environment

EMAIL = "ada@example.com"
FOREIGN = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def ada(session: Session) -> User:
    made = accounts.person(session, email=EMAIL, password=accounts.PASSWORD)
    session.commit()
    return made


@pytest.fixture
def multi_user(environment: Environment, database: object) -> None:
    environment.set(mode="multi-user")


def sign_in(client: TestClient, password: str = accounts.PASSWORD, **fields: str) -> Response:
    return client.post("/sign-in", data={"email": EMAIL, "password": password, **fields})


def is_signed_in(client: TestClient) -> bool:
    return client.get("/").status_code == 200


pytestmark = pytest.mark.usefixtures("multi_user")


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: TestClient, ada: User) -> None:
    asked = client.get("/questions?kind=code")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Fquestions%3Fkind%3Dcode"
    form = client.get(asked.headers["location"])
    assert form.status_code == 200
    assert 'value="/questions?kind=code"' in form.text

    done = sign_in(client, next="/questions?kind=code")

    assert (done.status_code, done.headers["location"]) == (303, "/questions?kind=code")
    assert is_signed_in(client)


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, ada: User) -> None:
    cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert part in cookie
    assert "Secure" not in cookie


def test_a_wrong_password_keeps_the_address_and_not_the_password(
    client: TestClient, ada: User
) -> None:
    answer = sign_in(client, "not the password", next="/questions")
    assert answer.status_code == 422
    assert "The address or the password is not right." in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert 'value="/questions"' in answer.text
    assert "not the password" not in answer.text
    assert "set-cookie" not in answer.headers


def test_what_was_typed_is_text_on_the_page(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"email": '"><script>', "password": "x"})
    assert "<script>" not in answer.text.split("<main")[1]


def test_too_many_tries_are_told_on_the_page(client: TestClient, ada: User) -> None:
    for _ in range(10):
        sign_in(client, "wrong password")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    assert answer.headers["retry-after"]


def test_another_site_cannot_sign_its_visitors_in(client: TestClient, ada: User) -> None:
    answer = client.post(
        "/sign-in", data={"email": EMAIL, "password": accounts.PASSWORD}, headers=FOREIGN
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_for_a_copy_too(client: TestClient, ada: User) -> None:
    sign_in(client)
    copy = client.cookies[COOKIE]

    done = client.post("/sign-out")

    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, copy)
    assert not is_signed_in(client)


def test_another_site_cannot_sign_its_visitors_out(client: TestClient, ada: User) -> None:
    sign_in(client)
    assert client.post("/sign-out", headers=FOREIGN).status_code == 403
    assert is_signed_in(client)


def test_signing_in_again_ends_the_session_before(
    client: TestClient, session: Session, ada: User
) -> None:
    sign_in(client)
    before = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != before
    open_ones = select(func.count()).where(LoginSession.revoked_at.is_(None))
    assert session.scalar(open_ones) == 1


def test_a_session_ends_after_a_month(client: TestClient, ada: User) -> None:
    sign_in(client)
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        client.cookies.jar.clear_expired_cookies()
        assert not is_signed_in(client)


@pytest.mark.parametrize("cookie", ["x", "é", "", "a" * 4000])
def test_a_cookie_that_is_none_of_ours(client: TestClient, cookie: str) -> None:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    assert client.get("/", headers=headers).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.com",
        "//example.com",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "javascript:alert(1)",
        "example.com",
        "",
        "/x\r\nSet-Cookie: a=b",
        "/sign-in",
        "/sign-out",
        "/" + "x" * 3000,
        "/ü",
    ],
)
def test_one_only_goes_on_to_this_site(wanted: str) -> None:
    assert local_address(wanted) == "/"


@pytest.mark.parametrize(
    "wanted", ["/", "/questions?kind=code&q=a%20b#x", "/questions/add-numbers"]
)
def test_one_goes_on_to_where_one_was(wanted: str) -> None:
    assert local_address(wanted) == wanted
