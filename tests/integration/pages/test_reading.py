"""The reading pages over the web, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts.models import Membership, User
from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question
from greenroom.core.clock import now
from greenroom.practice.models import Draft
from tests.factories import accounts, bank, judging, practice
from tests.support.environment import Environment


@pytest.fixture
def me(client: TestClient, session: Session) -> Scope:
    """The local person, who is there after the first page."""
    assert client.get("/").status_code == 200
    user, member = session.execute(select(User, Membership).join(User.memberships)).one()
    return Scope(user.id, member.organization_id, member.role, user.name)


@pytest.fixture
def questions(client: TestClient, session: Session) -> dict[str, Question]:
    """Three questions. The client comes first: it points the settings at its Redis."""
    assert client.get("/healthz").status_code == 200
    place = {"says_html": "<p>So.</p>", "file": "docker-compose.yml", "name": "services:"}
    tokens = bank.topic(session, slug="tokens", title="Tokens", section="Security", here=[place])
    orm = bank.topic(
        session, slug="orm", title="Sessions", section="Data", prerequisites=["tokens"]
    )
    made = {
        "write": bank.question(
            session, "code", topic=tokens, slug="write", key="1.1", tags=["jwt"]
        ),
        "explain": bank.question(
            session, "explain", topic=tokens, slug="explain", key="1.2", difficulty="senior"
        ),
        "later": bank.question(
            session, "explain", topic=orm, slug="later", key="2.1", complete=False
        ),
    }
    session.commit()
    return made


def shown(text: str, *slugs: str) -> list[str]:
    return [slug for slug in slugs if f'href="/questions/{slug}"' in text]


ALL = ("write", "explain", "later")


@pytest.mark.usefixtures("questions")
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("show=list", ["write", "explain", "later"]),
        ("kind=code", ["write"]),
        ("kind=code&kind=explain&level=senior", ["explain"]),
        ("section=Data", ["later"]),
        ("topic=tokens", ["write", "explain"]),
        ("tag=jwt", ["write"]),
        ("ready=1", ["write", "explain"]),
        ("status=new", ["write", "explain", "later"]),
        ("status=solved", []),
        ("q=1.2", ["explain"]),
        ("q=sessions", ["later"]),
        ("q=100%25", []),
        ("q=%00", ["write", "explain", "later"]),
        ("q=%27%22%3Cscript%3E", []),
    ],
)
def test_the_address_filters_the_catalogue(client: TestClient, query: str, left: list[str]) -> None:
    answer = client.get(f"/questions?{query}")
    assert answer.status_code == 200
    assert shown(answer.text, *ALL) == left
    assert "<script>" not in answer.text


@pytest.mark.usefixtures("questions")
def test_htmx_gets_the_list_and_the_address_that_holds_it(client: TestClient) -> None:
    answer = client.get(
        "/questions?q=&section=&kind=code",
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert answer.headers["hx-replace-url"] == "/questions?kind=code"
    assert "<html" not in answer.text
    assert shown(answer.text, *ALL) == ["write"]


@pytest.mark.usefixtures("questions")
def test_a_plain_form_leads_to_the_short_address(client: TestClient) -> None:
    answer = client.get("/questions?q=&section=&kind=code")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/questions?kind=code"


@pytest.mark.parametrize("query", ["q=" + "x" * 300, "kind=code&" * 11])
def test_a_filter_beyond_reason_gets_a_page(client: TestClient, query: str) -> None:
    answer = client.get(f"/questions?{query}")
    assert answer.status_code == 422
    assert 'id="fault"' in answer.text


@pytest.mark.usefixtures("questions")
def test_a_topic_shows_its_questions_and_its_neighbours(client: TestClient) -> None:
    answer = client.get("/topics/tokens")
    assert shown(answer.text, *ALL) == ["write", "explain"]
    assert 'href="/topics/orm"' in answer.text
    assert "How this site does it" in answer.text
    assert "docker-compose.yml" in answer.text
    missing = client.get("/topics/nonsense")
    assert missing.status_code == 404
    assert "nonsense" in missing.text


def test_an_empty_bank_says_what_to_do(client: TestClient) -> None:
    for place in ("/", "/questions"):
        assert "greenroom bank load" in client.get(place).text


@pytest.mark.usefixtures("questions")
def test_a_new_person_is_told_where_to_begin(client: TestClient) -> None:
    text = client.get("/").text
    assert "Where to begin" in text
    assert shown(text, *ALL) == ["write", "explain"]
    assert "Lately" not in text


def test_today_leads_back_to_where_the_person_was(
    client: TestClient, session: Session, me: Scope, questions: dict[str, Question]
) -> None:
    attempt = practice.attempt(session, me, questions["write"])
    session.add(Draft(attempt_id=attempt.id, files={"answer.py": "a\nb"}))
    judging.submission(
        session, me, questions["write"], status="done", verdict="wrong_answer", finished_at=now()
    )
    old = practice.attempt(session, me, questions["explain"], touched_at=now() - timedelta(days=2))
    practice.explanation(session, old, rating="again", rated_at=now())
    session.add(Draft(attempt_id=old.id, files={"answer.md": ""}))
    session.commit()
    text = client.get("/").text
    assert "Where you were" in text
    assert "Wrong answer" in text
    assert "Draft of 2 lines" in text
    assert "You rated your last answer “again”" in text
    assert "1 of 3 questions done. One is still open." in text
    listed = client.get("/questions?status=begun").text
    assert shown(listed, *ALL) == ["write"]
    assert shown(client.get("/questions?status=answered").text, *ALL) == ["explain"]


def test_an_attempt_shows_everything_that_was_done(
    client: TestClient, session: Session, me: Scope, questions: dict[str, Question]
) -> None:
    attempt = practice.attempt(session, me, questions["write"], solved_at=now(), gave_up_at=now())
    session.add(Draft(attempt_id=attempt.id, files={"answer.py": "<script>x</script>\x1b[31m"}))
    first = judging.submission(session, me, questions["write"], status="done", verdict="accepted")
    judging.submission(session, me, questions["write"], mode="run")
    judging.submission(session, me, questions["write"], status="cancelled")
    session.commit()
    text = client.get(f"/attempts/{attempt.id}").text
    assert f"/submissions/{first.id}" in text
    assert text.count('href="/submissions/') == 2, "a run is not recorded"
    assert "Accepted" in text
    assert "Cancelled" in text
    assert "Gave up" in text
    assert "<script>x" not in text
    assert "\\x1b[31m" in text


def test_how_answers_are_judged_can_be_read_by_everybody(
    client: TestClient, environment: Environment
) -> None:
    environment.set(mode="multi-user")
    answer = client.get("/about/judging")
    assert answer.status_code == 200
    assert "Signed in as" not in answer.text
    assert client.get("/").headers["location"] == "/sign-in?next=%2F"


def test_the_api_is_described_on_a_page_of_our_own(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.status_code == 200
    described = client.get("/openapi.json").json()
    for path in described["paths"]:
        assert f"</b> {path}</a>" in answer.text
    assert "http" not in answer.text.replace("http://127.0.0.1:8000", "").split("<main")[1]


def test_who_signed_in_can_sign_out_from_every_reading_page(
    client: TestClient, session: Session, environment: Environment
) -> None:
    somebody = accounts.person(session, email="ada@example.com", password=accounts.PASSWORD)
    session.commit()
    session.close()
    assert 'action="/sign-out"' not in client.get("/").text
    client.cookies.clear()
    environment.set(mode="multi-user")
    wrong = client.post("/sign-in", data={"email": somebody.email, "password": "wrong"})
    assert wrong.status_code == 422
    assert 'value="ada@example.com"' in wrong.text
    right = {"email": somebody.email, "password": accounts.PASSWORD, "next": "/about/judging"}
    answer = client.post("/sign-in", data=right)
    assert answer.headers["location"] == "/about/judging"
    assert 'action="/sign-out"' in client.get("/about/judging").text
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/questions").headers["location"] == "/sign-in?next=%2Fquestions"


def test_an_open_question_shows_its_tests(client: TestClient, session: Session) -> None:
    suite = {"test_it.py": "def test_it():\n    assert 1 < 2\n", "conftest.py": "import answer\n"}
    tests = [{"id": "test_it", "name": "It", "group": "", "visibility": "visible"}]
    bank.question(session, slug="open", grader=None, suite=suite, checks=tests)
    bank.question(session, slug="closed")
    session.commit()
    page = client.get("/questions/open?tab=tests").text
    assert "assert 1 &lt; 2" in page
    assert page.index("conftest.py") < page.index("test_it.py")
    assert "Run tries the tests" in page
    assert "Open checks" in client.get("/questions/open").text
    closed = client.get("/questions/closed?tab=tests")
    assert closed.status_code == 200
    assert "Open checks" not in closed.text
    assert 'aria-labelledby="tab-question"' in closed.text


def test_an_unknown_address_gets_a_page_with_a_way_on(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/questions"' in answer.text


@pytest.mark.usefixtures("questions", "me")
@pytest.mark.parametrize("place", ["/", "/questions", "/topics/tokens", "/questions/explain"])
def test_a_page_takes_few_statements_however_long_the_bank(
    client: TestClient, database: Engine, place: str
) -> None:
    statements: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    assert client.get(place).status_code == 200
    assert len(statements) <= 14, statements
