"""The page for authors: how each question was proved, and who may see it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from starlette.testclient import TestClient

from greenroom.bank import proofs
from greenroom.bank.models import Question
from greenroom.bank.proofs import Report
from tests.factories import accounts, bank
from tests.support.environment import Environment

GOOD = Report(
    proved=True, accepted=3, refused=9, examples=1, slowest_ms=74, used=0.26, limit="memory_mib",
    strength=0.9, unexplained=2,
)  # fmt: skip
BAD = Report(proved=False, accepted=2, refused=1, faults=["mutants/x: It passes <b>adds</b>."])


def proved(session: Session, question: Question, report: Report, digest: str = "") -> None:
    proofs.keep(session, question.uid, digest or question.current.digest, report)


@pytest.fixture
def proofs_page(client: TestClient, session: Session) -> str:
    """What the page shows of five questions, each in another state."""
    assert client.get("/healthz").status_code == 200
    for slug, key in (("good", "1.1"), ("bad", "1.2"), ("old", "1.3"), ("new", "2.1")):
        bank.question(session, slug=slug, key=key)
    bank.question(session, slug="empty", key="2.2", complete=False)
    session.flush()
    session.expire_all()
    asked = select(Question).options(joinedload(Question.current))
    made = {each.slug: each for each in session.scalars(asked)}
    proved(session, made["good"], GOOD)
    proved(session, made["bad"], BAD)
    proved(session, made["old"], GOOD, "another")
    session.commit()
    answer = client.get("/bank/proofs")
    assert answer.status_code == 200
    return answer.text


def row(page: str, slug: str) -> str:
    """Return the words of a question's row in the table."""
    table = page[page.index("<table>") :]
    found = next(part for part in table.split("<tr>") if f"/questions/{slug}" in part)
    return found.split("</tr>")[0]


def test_each_state_is_told(proofs_page: str) -> None:
    assert "1 of 5 questions proved as they stand; 1 not proved; 1 changed since;" in proofs_page
    words = {"good": "Proved", "bad": "Not proved", "old": "Changed since", "new": "Never proved"}
    for slug, word in words.items():
        assert f">{word}<" in row(proofs_page, slug)
    assert ">Not written<" in row(proofs_page, "empty")


def test_a_proof_is_told_in_figures(proofs_page: str) -> None:
    for words in ("3 right, 9 wrong, 1 example", "74 ms", "26% of memory_mib", "90%", "2 open"):
        assert words in row(proofs_page, "good")
    assert "%" not in row(proofs_page, "new")


def test_what_is_wrong_is_told_as_text(proofs_page: str) -> None:
    assert "mutants/x: It passes &lt;b&gt;adds&lt;/b&gt;." in proofs_page


def test_an_empty_bank_has_a_page(client: TestClient) -> None:
    answer = client.get("/bank/proofs")
    assert answer.status_code == 200
    assert "The bank is empty" in answer.text


@pytest.mark.parametrize(
    ("role", "status"),
    [("candidate", 403), ("interviewer", 403), ("author", 200), ("reviewer", 200), ("admin", 200)],
)
def test_candidates_do_not_see_it(
    client: TestClient, session: Session, environment: Environment, role: str, status: int
) -> None:
    somebody = accounts.person(session, role=role, password=accounts.PASSWORD)
    session.commit()
    session.close()
    environment.set(mode="multi-user")
    assert client.get("/bank/proofs").headers["location"] == "/sign-in?next=%2Fbank%2Fproofs"
    client.post("/sign-in", data={"email": somebody.email, "password": accounts.PASSWORD})
    assert client.get("/bank/proofs").status_code == status
