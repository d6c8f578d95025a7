"""Handing in by script: what is taken, and one useful sentence for everything that is not."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from greenroom.accounts import tokens
from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question
from greenroom.core.clock import now
from greenroom.core.queue import queue
from greenroom.core.redis import client as redis_client
from greenroom.judging.models import Judgement, Submission
from greenroom.judging.service import MAX_OPEN, SEEDS
from greenroom.practice.models import Attempt
from tests.factories import accounts, bank
from tests.support.problems import expect_problem

HERE = "/api/v1/questions/add/submissions"
GOOD = {"files": {"answer.py": bank.ANSWER}}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def scope(session: Session, client: TestClient) -> Scope:
    """A person whose token the client sends, and the questions that these tests answer."""
    made = accounts.scope(session)
    bank.question(session, slug="add")
    bank.question(session, slug="open", grader=None, suite={"test_it.py": "def test_it(): ..."})
    bank.question(session, "explain", slug="explain-it")
    bank.question(session, slug="not-yet", complete=False)
    session.commit()
    client.headers["Authorization"] = f"Bearer {tokens.make_access_token(made.user_id)}"
    return made


def kept(session: Session) -> list[Submission]:
    session.rollback()
    return list(session.scalars(select(Submission)))


def test_an_answer_to_an_open_suite_is_taken(client: TestClient, scope: Scope) -> None:
    assert client.post(HERE.replace("add", "open"), json=GOOD).status_code == 202


@pytest.mark.parametrize("mode", ["run", "submit"])
def test_an_answer_is_kept_and_queued(
    client: TestClient, session: Session, scope: Scope, mode: str
) -> None:
    answer = client.post(HERE, json=GOOD | {"mode": mode})
    assert answer.status_code == 202
    told = answer.json()
    here = f"/api/v1/submissions/{told['id']}"
    assert answer.headers["location"] == here
    assert told == {
        "id": told["id"],
        "status": "queued",
        "url": here,
        "events_url": f"{here}/events",
    }
    (submission,) = kept(session)
    assert (str(submission.id), submission.mode) == (told["id"], mode)
    assert submission.files == GOOD["files"]
    assert redis_client().llen(queue().conf.task_default_queue) == 1
    assert client.get(here).json()["status"] == "queued"


def test_a_run_draws_what_its_seed_says(client: TestClient, session: Session, scope: Scope) -> None:
    assert client.post(HERE, json=GOOD | {"mode": "run", "seed": 12}).status_code == 202
    assert session.scalars(select(Judgement.seed)).one() == 12


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mode": "submit", "seed": 12}, "A submission draws its own."),
        ({"seed": 12}, "A submission draws its own."),
        ({"mode": "run", "seed": -1}, "from 0 to 9007199254740991"),
        ({"mode": "run", "seed": 2**53}, "from 0 to 9007199254740991"),
        ({"mode": "run", "seed": "x"}, "valid integer"),
        ({"mode": "run", "seed": 1.5}, "valid integer"),
    ],
)
def test_a_seed_that_is_not_taken(
    client: TestClient, session: Session, scope: Scope, change: dict[str, object], sentence: str
) -> None:
    answer = client.post(HERE, json=GOOD | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not kept(session)


def test_without_a_seed_each_draws_its_own(
    client: TestClient, session: Session, scope: Scope
) -> None:
    for _ in range(3):
        assert client.post(HERE, json=GOOD).status_code == 202
    seeds = session.scalars(select(Judgement.seed)).all()
    assert len(set(seeds)) == 3
    assert all(0 <= seed < SEEDS for seed in seeds)


def test_without_a_mode_it_counts_and_begins_an_attempt(
    client: TestClient, session: Session, scope: Scope
) -> None:
    assert client.post(HERE, json=GOOD).status_code == 202
    (submission,) = kept(session)
    assert submission.mode == "submit"
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.user_id, attempt.touched_at) == (scope.user_id, submission.created_at)


def test_a_question_without_a_starter_takes_answer_py(
    client: TestClient, session: Session, scope: Scope
) -> None:
    bank.question(session, slug="from-nothing", starter={})
    session.commit()
    assert client.post("/api/v1/questions/from-nothing/submissions", json=GOOD).status_code == 202


def files(**named: str) -> bytes:
    return json.dumps({"files": named}).encode()


MALFORMED = {
    "nothing": (b"", 422, "body"),
    "an empty object": (b"{}", 422, "files"),
    "null": (b"null", 422, "body"),
    "a list": (b"[]", 422, "JSON object"),
    "not JSON": (b'{"files":', 422, "not JSON"),
    "not UTF-8": (b'{"files":{"answer.py":"\xff"}}', 400, "UTF-8"),
    "nested deeply": (b'{"files":' + b"[" * 100_000, 400, "nested"),
    "a number too long": (b'{"files":' + b"1" * 10_000 + b"}", 400, "cannot be read"),
    "no files": (b'{"files":{}}', 422, "answer.py is missing"),
    "a list of files": (b'{"files":["answer.py"]}', 422, "files"),
    "a file that is a number": (b'{"files":{"answer.py":1}}', 422, "files.answer.py"),
    "an unknown mode": (b'{"files":{"answer.py":"x"},"mode":"fly"}', 422, "'run' or 'submit'"),
    "a misspelt field": (b'{"files":{"answer.py":"x"},"mdoe":"run"}', 422, "mdoe"),
    "half a character as a field": (
        b'{"files":{"answer.py":"x"},"\\ud800":1}',
        422,
        "not well formed",
    ),
    "half a character": (b'{"files":{"answer.py":"\\ud800"}}', 422, "surrogate"),
    "half a character in a name": (b'{"files":{"\\ud800":"x"}}', 422, "none of them"),
    "NUL": (b'{"files":{"answer.py":"x\\u0000"}}', 422, "NUL"),
    "NUL in a name": (b'{"files":{"answer.py\\u0000":"x"}}', 422, "none of them"),
    "an empty answer": (b'{"files":{"answer.py":" \\n"}}', 422, "is empty"),
    "another name": (files(**{"Answer.py": "x"}), 422, "'Answer.py' is none of them"),
    "a path": (files(**{"../answer.py": "x"}), 422, "none of them"),
    "one file too many": (files(**{"answer.py": "x", "b.py": "y"}), 422, "'b.py' is none"),
    "a very long name": (files(**{"f" * 100_000: "x"}), 422, "none of them"),
    "very many files": (files(**{f"{n}.py": "x" for n in range(20_000)}), 422, "none of them"),
    "very many numbers": (
        json.dumps({"files": dict.fromkeys(map(str, range(20_000)), 1)}).encode(),
        422,
        "See the fields",
    ),
    "too long": (files(**{"answer.py": "#" * 1_000_000}), 413, "up to 256 KiB"),
    "far too long": (files(**{"answer.py": "#" * 2_000_000}), 413, "1024 KiB"),
}


@pytest.mark.parametrize(("body", "status", "words"), MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_taken_is_told_in_a_sentence(
    client: TestClient, session: Session, scope: Scope, body: bytes, status: int, words: str
) -> None:
    answer = client.post(HERE, content=body, headers=JSON)
    problem = expect_problem(answer, status)
    assert words in problem["detail"]
    assert len(answer.content) < 10_000
    assert kept(session) == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_told(client: TestClient, scope: Scope, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    problem = expect_problem(client.post(HERE, content=files(a="x"), headers=headers), 422)
    assert "Content-Type: application/json" in problem["detail"]


def in_pieces() -> Iterator[bytes]:
    for _ in range(40):
        yield b" " * 65_536
    yield files(**{"answer.py": "x"})


def test_a_body_of_unknown_length_is_counted(
    client: TestClient, session: Session, scope: Scope
) -> None:
    answer = client.post(HERE, content=in_pieces(), headers=JSON)
    assert "1024 KiB" in expect_problem(answer, 413)["detail"]
    assert kept(session) == []


@pytest.mark.parametrize(
    ("slug", "status", "words"),
    [
        ("explain-it", 409, "in words"),
        ("not-yet", 409, "its checks are not written"),
        ("nowhere", 404, "no question with the address"),
        ("%00", 404, "nothing at this address"),
        ("%ff", 404, "no question"),
        ("a%2fb", 404, "nothing at this address"),
    ],
)
def test_questions_that_take_no_code(
    client: TestClient, scope: Scope, slug: str, status: int, words: str
) -> None:
    answer = client.post(f"/api/v1/questions/{slug}/submissions", json=GOOD)
    assert words in expect_problem(answer, status)["detail"]


def test_a_retired_question_takes_nothing(
    client: TestClient, session: Session, scope: Scope
) -> None:
    session.scalars(select(Question).where(Question.slug == "add")).one().retired_at = now()
    session.commit()
    expect_problem(client.post(HERE, json=GOOD), 404)


def test_too_many_at_once_are_told_to_wait(
    client: TestClient, session: Session, scope: Scope
) -> None:
    for _ in range(MAX_OPEN):
        assert client.post(HERE, json=GOOD).status_code == 202
    answer = client.post(HERE, json=GOOD)
    expect_problem(answer, 429)
    assert int(answer.headers["retry-after"]) > 0
    open_now = kept(session)
    assert len(open_now) == MAX_OPEN
    # Another person is not held up, and one that is cancelled makes room.
    other = tokens.make_access_token(accounts.scope(session).user_id)
    session.commit()
    theirs = {"Authorization": f"Bearer {other}"}
    assert client.post(HERE, json=GOOD, headers=theirs).status_code == 202
    assert client.delete(f"/api/v1/submissions/{open_now[0].id}").status_code == 204
    assert client.post(HERE, json=GOOD).status_code == 202


def test_nobody_hands_in_without_a_token(client: TestClient, session: Session) -> None:
    expect_problem(client.post(HERE, json=GOOD), 401)
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
