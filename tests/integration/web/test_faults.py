"""A fault of ours: a reference to find in the log, and nothing of what went wrong."""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from greenroom.app import create_app
from tests.support.problems import expect_problem
from tests.support.site import ADDRESS

SECRET = "the password is swordfish"


def breaks() -> None:
    raise RuntimeError(SECRET)


def loses_the_database() -> None:
    raise OperationalError(SECRET, {}, Exception(SECRET))


@pytest.fixture
def client(redis_url: str) -> Iterator[TestClient]:
    """The site with two more routes, on a page and in the API, that break."""
    app = create_app()
    for place in ("", "/api/v1"):
        app.get(f"{place}/breaks")(breaks)
        app.get(f"{place}/loses")(loses_the_database)
    with TestClient(app, base_url=ADDRESS, raise_server_exceptions=False) as opened:
        yield opened


def test_a_page_tells_a_reference_and_no_more(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/breaks")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"]
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    (record,) = (each for each in caplog.records if "reference" in each.getMessage())
    reference = record.getMessage().split()[1].rstrip(":")
    assert reference in answer.text
    assert record.exc_info
    assert SECRET in str(record.exc_info[1])


def test_the_api_tells_a_reference_and_no_more(client: TestClient) -> None:
    answer = client.get("/api/v1/breaks")
    problem = expect_problem(answer, 500)
    assert problem["reference"] in problem["detail"]
    assert SECRET not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_lost_database_says_to_try_again(client: TestClient) -> None:
    page = client.get("/loses")
    assert page.status_code == 503
    assert "The database does not answer" in page.text
    assert SECRET not in page.text
    answer = client.get("/api/v1/loses")
    expect_problem(answer, 503)
    assert SECRET not in answer.text
