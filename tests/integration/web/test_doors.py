"""Every door of the web process: what is not there, what is asked in another way, and what stands
in front of all answers.
"""

import json

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import tokens
from greenroom.web.assets import asset_url
from tests.factories import accounts, bank
from tests.support.problems import expect_problem

ID = "01a210e0-4c4b-74fb-94ca-dc39caaaf210"


@pytest.fixture
def api(client: TestClient, session: Session) -> TestClient:
    """A client that sends a person's token; there is one question to ask for."""
    person = accounts.scope(session)
    bank.question(session, slug="add")
    session.commit()
    client.headers["Authorization"] = f"Bearer {tokens.make_access_token(person.user_id)}"
    return client


NOWHERE = (
    "/nothing",
    "/%00",
    "/%ff",
    "/questions/%00",
    "/questions/%ff",
    "/topics/%00",
    "/x" * 5000,
)
NO_SUBMISSION = ("x", "%00", ID, f"{ID}/stream", "x/stream")


def test_what_is_not_there_is_a_page(client: TestClient) -> None:
    for place in (*NOWHERE, *(f"/submissions/{odd}" for odd in NO_SUBMISSION)):
        answer = client.get(place)
        assert answer.status_code == 404, place
        assert answer.headers["content-type"].startswith("text/html")
        assert 'id="fault"' in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_what_is_not_in_the_api_is_a_problem(api: TestClient) -> None:
    for place in ("", "v1", "v1/nothing", "v1/%00", "v2/me", "v1/questions/%00", "v1/me/x"):
        expect_problem(api.get(f"/api/{place}"), 404)


def test_a_page_names_the_methods_it_takes(client: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
        answer = client.request(method, "/questions")
        assert answer.status_code == 405, method
        assert answer.headers["allow"] == "GET, HEAD"
        assert 'id="fault"' in answer.text


@pytest.mark.parametrize(
    ("place", "allow"),
    [
        ("questions", "GET, HEAD"),
        ("me/tokens", "GET, HEAD, POST"),
        ("questions/add/submissions", "POST"),
        (f"submissions/{ID}", "DELETE, GET, HEAD"),
        ("auth/token", "POST"),
    ],
)
def test_an_address_of_the_api_names_all_its_methods(
    api: TestClient, place: str, allow: str
) -> None:
    for method in ("PUT", "PATCH", "OPTIONS", "BREW"):
        answer = api.request(method, f"/api/v1/{place}")
        assert "Allow" in expect_problem(answer, 405)["detail"]
        assert answer.headers["allow"] == allow


KINDS = (
    "/",
    "/questions/add",
    "/nothing",
    "/static/nothing",
    "/healthz",
    "/openapi.json",
    "/api/v1/questions",
    "/api/v1/nothing",
)


def test_the_head_is_that_of_the_whole_answer(api: TestClient) -> None:
    for place in KINDS:
        whole, head = api.get(place), api.head(place)
        assert head.content == b"", place
        assert head.status_code == whole.status_code
        for name in ("content-type", "cache-control", "vary", "content-security-policy"):
            assert head.headers.get(name) == whole.headers.get(name), (place, name)


def test_every_answer_says_what_a_browser_may_do_with_it(api: TestClient) -> None:
    for place in KINDS:
        headers = api.get(place).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'", place
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"


def test_hashed_files_are_kept_for_ever_and_pages_are_not(client: TestClient) -> None:
    for name in ("site.css", "code-question.js"):
        answer = client.get(asset_url(name))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] in {"br", "gzip"}
        assert answer.headers["vary"] == "Accept-Encoding"
        again = client.get(asset_url(name), headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/questions").headers["cache-control"] == "no-store"


OUTSIDE = (
    "../pyproject.toml",
    "..%2f..%2fpyproject.toml",
    "%2e%2e/%2e%2e/pyproject.toml",
    "..%5c..%5cpyproject.toml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "%00",
    "site.css%00.js",
    "x" * 5000,
)


def test_nothing_outside_the_bundle_is_served(client: TestClient) -> None:
    for path in OUTSIDE:
        assert client.get(f"/static/{path}").status_code == 404, path


STRANGE = (
    "evil.example",
    "localhost.evil.example",
    "localhost@evil.example",
    "127.0.0.1.nip.io",
    "[",
    "[::1",
    "",
    "é",
    "x" * 5000,
)


def test_another_name_gets_nothing(client: TestClient) -> None:
    for host in STRANGE:
        raw = [(b"host", host.encode())]
        answer = client.get("/questions", headers=raw)
        assert answer.status_code == 421, host
        assert "GREENROOM_PUBLIC_URL" in answer.text
        expect_problem(client.get("/api/v1/questions", headers=raw), 421)


def test_this_machines_own_names_are_good(client: TestClient) -> None:
    for host in ("localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"):
        assert client.get("/questions", headers={"Host": host}).status_code == 200, host


def test_forms_hold_anything_without_a_fault_of_ours(api: TestClient) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    split = {"Content-Type": "multipart/form-data; boundary=b"}
    for body, headers in (
        (b"answer.py=%00&mode=submit", kind),
        (b"answer.py=%ff%fe&mode=%00", kind),
        (b"\xff\xfe=\xff", kind),
        (b"&&&===", kind),
        (b"a=1&" * 5000, kind),
        (b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n', split),
        (b"--b\r\n", split),
        (b"{}", {"Content-Type": "application/json"}),
        (b"answer.py=x", {"Content-Type": "multipart/form-data"}),
    ):
        answer = api.post("/questions/add/submissions", content=body, headers=headers)
        assert answer.status_code in {400, 422}, body[:50]
        assert answer.headers["content-type"].startswith("text/html")


def test_what_the_api_answers_is_described(api: TestClient) -> None:
    description = api.get("/openapi.json").json()
    assert len(description["paths"]) > 8
    for path, methods in description["paths"].items():
        for method, said in methods.items():
            place = f"{method} {path}"
            assert said["description"], place
            for kind in ("4XX", "5XX"):
                (media,) = said["responses"][kind]["content"]
                assert media == "application/problem+json", place
            assert any(code.startswith("2") for code in said["responses"]), place
            assert "HTTPValidationError" not in json.dumps(said), place
