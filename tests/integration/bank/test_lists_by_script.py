"""The bank by script: pages by cursor, filters, search, and nonsense in each of them."""

import base64
import json
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.core.clock import now
from greenroom.core.paging import MAX_CURSOR
from tests.factories import bank
from tests.support.problems import expect_problem


@pytest.fixture(autouse=True)
def questions(client: TestClient, session: Session) -> None:
    """Seven questions of two topics, and one that was retired."""
    first = bank.topic(session, slug="first", title="First", section="Basics", number=1)
    second = bank.topic(session, slug="second", title="Second", section="Data", number=2)
    for number in range(5):
        bank.question(session, topic=first, slug=f"code-{number}", tags=["counting", 'a"b'])
    bank.question(session, "explain", topic=second, slug="explain-it", key="2.1", title="100% _x")
    bank.question(session, topic=second, slug="hard", difficulty="senior")
    bank.question(session, topic=second, slug="gone").retired_at = now()
    session.commit()


def ask(client: TestClient, query: str = "", place: str = "questions") -> Response:
    return client.get(f"/api/v1/{place}?{query}")


def slugs(client: TestClient, query: str) -> list[str]:
    answer = ask(client, query)
    assert answer.status_code == 200, answer.text
    return [item["slug"] for item in answer.json()["items"]]


def cursor(*values: Any) -> str:  # noqa: ANN401 nonsense of any kind
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 200])
def test_pages_follow_each_other_without_gap_or_double(client: TestClient, size: int) -> None:
    seen: list[str] = []
    following = ""
    while True:
        page = ask(client, f"size={size}" + (f"&cursor={following}" if following else "")).json()
        assert page["total"] == 7
        seen += [item["slug"] for item in page["items"]]
        following = page["next"]
        if following is None:
            break
        assert len(page["items"]) == size
    assert seen == [f"code-{number}" for number in range(5)] + ["explain-it", "hard"]


def test_topics_are_paged_too(client: TestClient) -> None:
    page = ask(client, "size=1", "topics").json()
    assert [(item["slug"], item["questions"]) for item in page["items"]] == [("first", 5)]
    rest = ask(client, f"size=1&cursor={page['next']}", "topics").json()
    assert [(item["slug"], item["questions"]) for item in rest["items"]] == [("second", 2)]
    assert rest["next"] is None


FOUND: list[tuple[str, list[str] | None]] = [
    ("topic=second", ["explain-it", "hard"]),
    ("section=Data&kind=explain", ["explain-it"]),
    ("difficulty=senior", ["hard"]),
    ("q=2.1", ["explain-it"]),
    ("q=100%25", ["explain-it"]),
    ("q=%25%20_", ["explain-it"]),
    ("q=counting", [f"code-{number}" for number in range(5)]),
    ("q=%5b", []),
    ("q=%22,", []),
    ("q=%5c", []),
    ("tag=counting&size=1", ["code-0"]),
    ("tag=a%22b&size=1", ["code-0"]),
    ("tag=count", []),
    ("q=SECOND+hard", []),
    ("q=second", ["explain-it", "hard"]),
    ("q=gone", []),
    ("q=%ff", []),
    ("q=" + "%20" * 200, None),
    ("q=" + "+a" * 100, None),
    ("topic=nowhere", []),
    ("cursor=", None),
]


def test_filters_and_search(client: TestClient) -> None:
    for query, found in FOUND:
        seen = slugs(client, query)
        assert found is None or seen == found, query


FILTERS = ("q", "topic", "section", "tag", "cursor", "kind", "difficulty")


@pytest.mark.parametrize("value", ["%00", "x" * (MAX_CURSOR + 1)])
def test_nonsense_in_a_filter_is_told(client: TestClient, value: str) -> None:
    for name in FILTERS:
        assert name in expect_problem(ask(client, f"{name}={value}"), 422)["fields"]


@pytest.mark.parametrize("place", ["questions", "topics"])
def test_a_page_is_neither_empty_nor_endless(client: TestClient, place: str) -> None:
    for size in ("0", "-1", "201", "1.5", "", "x", "9" * 5000):
        assert "size" in expect_problem(ask(client, f"size={size}", place), 422)["fields"]


def test_an_unknown_filter_is_told(client: TestClient) -> None:
    assert "level" in expect_problem(ask(client, "level=junior"), 422)["fields"]


NO_CURSORS = [
    "x",
    "%00",
    "W" * MAX_CURSOR,
    cursor(),
    cursor("1"),
    cursor(None),
    cursor(1.5),
    cursor(True),
    cursor(10**20),
    cursor(-(10**20)),
    cursor(2**31),
    cursor(1, 2),
    cursor(1, 2, "\0"),
    cursor(1, 2, "\ud800"),
    cursor(10**20, 1, "x"),
    cursor(1, 2**31, "x"),
    base64.urlsafe_b64encode(b"[" * 700).decode(),
    base64.urlsafe_b64encode(b"1" * 700).decode(),
    base64.urlsafe_b64encode(b"\xff").decode(),
]


@pytest.mark.parametrize("place", ["questions", "topics"])
def test_a_cursor_that_is_none_of_ours(client: TestClient, place: str) -> None:
    for nonsense in NO_CURSORS:
        problem = expect_problem(ask(client, f"cursor={nonsense}", place), 422)
        assert "first page" in problem["fields"]["cursor"], nonsense
