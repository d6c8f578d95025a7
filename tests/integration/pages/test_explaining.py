"""An answer in words, from the empty sheet to the rating, over the web and on both databases."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.bank.models import Question, Topic
from greenroom.practice.models import Attempt, Draft, Explanation
from tests.factories import accounts, bank, practice

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def question(client: TestClient, session: Session) -> Question:
    """A question to explain. The client comes first: it points the settings at its Redis."""
    assert client.get("/healthz").status_code == 200
    topic = bank.topic(session, title="Token Refresh")
    made = bank.question(
        session,
        "explain",
        topic=topic,
        slug="store-tokens",
        key="9.2",
        title="How do you store `tokens`?",
        rubric=bank.RUBRIC,
        statement_html="<p>Say it.</p>",
    )
    session.commit()
    return made


def hand_in(client: TestClient, text: str, **headers: str) -> str:
    answer = client.post(
        "/questions/store-tokens/explanations", data={"answer.md": text}, headers=headers
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_what_is_explained_may_be_shown_in_code(
    client: TestClient, session: Session, question: Question
) -> None:
    topic = session.get_one(Topic, question.topic_id)
    bank.question(session, topic=topic, slug="show-a-hash", shows="9.2", heading="Keep a hash")
    session.commit()
    link = '<a href="/questions/show-a-hash">Keep a hash</a>'
    assert link in client.get("/questions/store-tokens").text
    assert link in client.get(hand_in(client, "I keep a hash.")).text
    shown = client.get("/questions/show-a-hash").text
    assert 'Shows <a href="/questions/store-tokens">9.2 ' in shown


@pytest.mark.usefixtures("question")
def test_an_answer_is_written_compared_decided_and_rated(
    client: TestClient, session: Session
) -> None:
    sheet = client.get("/questions/store-tokens")
    assert sheet.status_code == 200
    assert "A hash is enough." not in sheet.text
    place = hand_in(client, "I keep a **hash**.\r\n<script>alert(1)</script>")
    page = client.get(place).text
    assert "1 of 2 key points look said" in page
    assert '<mark data-n="1">hash</mark>' in page
    assert "A hash is enough." in page
    assert "<script>alert" not in page

    assert client.post(f"{place}/marks", data={"mark": "missed:hash-only"}).status_code == 303
    assert client.post(f"{place}/marks", data={"mark": "agree"}).status_code == 303
    assert client.post(f"{place}/rating", data={"rating": "hard"}).status_code == 303
    kept = session.scalars(select(Explanation)).one()
    assert kept.body == "I keep a **hash**.\n<script>alert(1)</script>"
    assert kept.marks == {"hash-only": "missed", "rotation": "missed"}
    assert kept.rating == "hard"
    assert kept.rated_at is not None
    assert "You said 0 of 2 key points." in client.get(place).text
    assert "You rated your last answer" in client.get("/").text


@pytest.mark.usefixtures("question")
def test_htmx_gets_what_changed_and_nothing_else(client: TestClient) -> None:
    place = hand_in(client, "A digest.")
    marked = client.post(f"{place}/marks", data={"mark": "said:rotation"}, headers=FRAGMENT)
    assert marked.status_code == 200
    assert "<html" not in marked.text
    assert 'id="rubric"' in marked.text
    assert 'hx-target="#follow-ups"' in marked.text
    rated = client.post(f"{place}/rating", data={"rating": "easy"}, headers=FRAGMENT)
    assert 'id="rating"' in rated.text
    assert 'id="rubric"' not in rated.text
    preview = client.post(
        "/questions/store-tokens/preview", data={"answer.md": "*so*"}, headers=FRAGMENT
    )
    assert "<em>so</em>" in preview.text
    assert "<html" not in preview.text


@pytest.mark.usefixtures("question")
@pytest.mark.parametrize(
    ("text", "status", "sentence", "left"),
    [
        ("", 422, "This answer is empty.", ""),
        (" \n ", 422, "This answer is empty.", " "),
        ("a\x00b <i>", 422, "1 invisible character that cannot be stored", "ab &lt;i&gt;"),
        ("x" * 1_000_000, 413, "1,000,000 characters", "x" * 1_000_000),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_sentence(
    client: TestClient, session: Session, text: str, status: int, sentence: str, left: str
) -> None:
    answer = client.post("/questions/store-tokens/explanations", data={"answer.md": text})
    assert answer.status_code == status
    assert sentence in answer.text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert found is not None
    assert left in found[1]
    assert session.scalars(select(Explanation)).all() == []


def test_a_body_beyond_all_limits_gets_a_page_and_no_traceback(
    client: TestClient, question: Question
) -> None:
    answer = client.post(
        f"/questions/{question.slug}/explanations", data={"answer.md": "x" * 3_000_000}
    )
    assert answer.status_code == 413
    assert 'id="fault"' in answer.text
    assert "Traceback" not in answer.text


def test_a_preview_without_scripts_is_a_page_that_keeps_the_text(
    client: TestClient, question: Question
) -> None:
    shown = client.post(
        f"/questions/{question.slug}/preview", data={"answer.md": "*so* </textarea>"}
    )
    assert "<em>so</em>" in shown.text
    assert "*so* &lt;/textarea&gt;</textarea>" in shown.text


def test_handing_in_empties_the_draft_under_a_new_version(
    client: TestClient, session: Session, question: Question
) -> None:
    client.get(f"/questions/{question.slug}")
    attempt = session.scalars(select(Attempt)).one()
    session.add(Draft(attempt_id=attempt.id, files={"answer.md": "typed so far"}, version=4))
    session.commit()
    assert "typed so far</textarea>" in client.get(f"/questions/{question.slug}").text
    place = hand_in(client, "typed so far, and done")
    session.expire_all()
    draft = session.scalars(select(Draft)).one()
    assert (draft.files, draft.version) == ({"answer.md": ""}, 5)
    again = client.get(f"/questions/{question.slug}")
    assert "typed so far" not in again.text
    copied = client.get(f"/questions/{question.slug}", params={"from": place.rsplit("/", 1)[1]})
    assert "typed so far, and done</textarea>" in copied.text


def test_the_model_answer_opens_for_who_gives_up_on_purpose(
    client: TestClient, question: Question
) -> None:
    assert "A hash is enough." not in client.get(f"/questions/{question.slug}?tab=solution").text
    given_up = client.post(f"/questions/{question.slug}/solution")
    assert given_up.status_code == 303
    assert "A hash is enough." in client.get(given_up.headers["location"]).text


def test_a_question_without_a_rubric_keeps_answers_and_says_so(
    client: TestClient, session: Session
) -> None:
    bank.question(session, "explain", slug="store-tokens", complete=False)
    session.commit()
    assert "has no rubric yet" in client.get("/questions/store-tokens").text
    place = hand_in(client, "What I know.")
    page = client.get(place).text
    assert "No rubric yet" in page
    assert "What I know." in page
    refused = client.post(f"{place}/marks", data={"mark": "said:hash-only"})
    assert refused.status_code == 404


@pytest.mark.usefixtures("question")
@pytest.mark.parametrize(
    ("part", "data", "status"),
    [
        ("marks", {"mark": "nonsense:hash-only"}, 422),
        ("marks", {"mark": "said:nonsense"}, 404),
        ("marks", {}, 422),
        ("rating", {"rating": "perfect"}, 422),
        ("rating", {}, 422),
    ],
)
def test_a_wrong_decision_is_refused_with_a_page(
    client: TestClient, session: Session, part: str, data: dict[str, str], status: int
) -> None:
    place = hand_in(client, "A hash.")
    answer = client.post(f"{place}/{part}", data=data)
    assert answer.status_code == status
    assert 'id="fault"' in answer.text
    kept = session.scalars(select(Explanation)).one()
    assert (kept.marks, kept.rating) == ({}, None)


def test_nobody_sees_or_changes_anothers_answer(
    client: TestClient, session: Session, question: Question
) -> None:
    somebody = accounts.scope(session)
    attempt = practice.attempt(session, somebody, question)
    theirs = practice.explanation(session, attempt)
    session.commit()
    for place in (f"/explanations/{theirs.id}", f"/attempts/{attempt.id}"):
        assert client.get(place).status_code == 404
    for part, data in (("marks", {"mark": "agree"}), ("rating", {"rating": "good"})):
        assert client.post(f"/explanations/{theirs.id}/{part}", data=data).status_code == 404
    copied = client.get(f"/questions/{question.slug}", params={"from": str(theirs.id)})
    assert copied.status_code == 404
    session.refresh(theirs)
    assert (theirs.marks, theirs.rating) == ({}, None)


@pytest.mark.usefixtures("question")
@pytest.mark.parametrize("place", [f"/explanations/{uuid4()}", "/explanations/x", "/attempts/x"])
def test_an_address_that_leads_nowhere_gets_a_page(client: TestClient, place: str) -> None:
    answer = client.get(place)
    assert answer.status_code in {404, 422}
    assert 'id="fault"' in answer.text


@pytest.mark.usefixtures("question")
def test_another_site_cannot_answer_for_a_person(client: TestClient, session: Session) -> None:
    client.get("/")
    answer = client.post(
        "/questions/store-tokens/explanations",
        data={"answer.md": "A hash."},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert session.scalars(select(Explanation)).all() == []


def test_a_code_question_takes_no_explanation(client: TestClient, session: Session) -> None:
    bank.question(session, "code", slug="write-it")
    session.commit()
    answer = client.post("/questions/write-it/explanations", data={"answer.md": "A hash."})
    assert answer.status_code == 404
    assert client.get("/questions/write-it/explanations").headers["location"] == (
        "/questions/write-it"
    )
