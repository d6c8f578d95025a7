"""`greenroom judgements`: what is listed, and what is judged again."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from greenroom.core.clock import now
from greenroom.judging.models import Judgement
from tests.factories import accounts, bank
from tests.factories import judging as factory
from tests.support.program import Program


@pytest.fixture(autouse=True)
def stores(database: Engine, redis_url: str) -> None:
    """Every test here is on a database of its own, on both kinds."""


def done(session: Session, slug: str, verdict: str, reason: str = "") -> UUID:
    """Add a submission to a question, which was judged so."""
    scope = accounts.scope(session)
    made = factory.submission(
        session,
        scope,
        bank.question(session, slug=slug),
        status="done",
        verdict=verdict,
        finished_at=now(),
        tries=1,
        detail={"reason": reason} if reason else {},
    ).id
    session.commit()
    return made


def open_now(session: Session) -> set[UUID]:
    session.rollback()
    wanted = select(Judgement.submission_id).where(Judgement.status == "queued")
    return set(session.scalars(wanted))


def test_lists_the_newest_first_and_why_we_failed(session: Session, program: Program) -> None:
    done(session, "adding", "accepted")
    broken = done(session, "dividing", "internal_error", "the judge\x1b[31m is gone")
    listed = program("judgements", "list").out.splitlines()
    assert [line.split()[2:4] for line in listed] == [
        ["dividing", "internal_error"],
        ["adding", "accepted"],
    ]
    (quarantined,) = program("judgements", "list", "--quarantined").out.splitlines()
    assert str(broken) in quarantined
    assert quarantined.endswith(r"the judge\x1b[31m is gone")
    assert program("judgements", "list", "--limit", "1").out.count("\n") == 1


def test_says_that_there_is_none(session: Session, program: Program) -> None:
    assert program("judgements", "list", "--quarantined").out == "There is none.\n"


def test_judges_again_what_it_is_told(session: Session, program: Program) -> None:
    first, second = done(session, "adding", "accepted"), done(session, "dividing", "accepted")
    ended = program("judgements", "rejudge", str(first), str(second))
    assert (ended.status, ended.out) == (0, "Judged again: 2\n")
    assert open_now(session) == {first, second}


def test_judges_a_question_again_and_only_what_ended_so(session: Session, program: Program) -> None:
    done(session, "adding", "accepted")
    wrong = done(session, "dividing", "wrong_answer")
    broken = done(session, "subtracting", "internal_error")
    assert program("judgements", "rejudge", "--question", "dividing").out == "Judged again: 1\n"
    assert open_now(session) == {wrong}
    told = program("judgements", "rejudge", "--verdict", "internal_error").out
    assert told == "Judged again: 1\n"
    assert open_now(session) == {wrong, broken}
    options = ("--question", "dividing", "--verdict", "internal_error")
    assert program("judgements", "rejudge", *options).out == "Judged again: 0\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Say which: ids of submissions, --question SLUG or --verdict VERDICT."),
        (("--verdict", "lost"), "There is no verdict lost. There are: accepted,"),
        ((str(uuid4()),), "There is no submission "),
        (("--question", "flying"), "There is no question with the address"),
    ],
)
def test_what_cannot_be_judged_again(
    session: Session, program: Program, options: tuple[str, ...], sentence: str
) -> None:
    ended = program("judgements", "rejudge", *options)
    assert ended.status == 1
    assert sentence in ended.told


def test_all_or_none_is_judged_again(session: Session, program: Program) -> None:
    known = done(session, "adding", "accepted")
    assert program("judgements", "rejudge", str(known), str(uuid4())).status == 1
    assert open_now(session) == set()
