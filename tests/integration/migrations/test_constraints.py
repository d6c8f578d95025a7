"""The database itself refuses what must never be, whatever Python does."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from greenroom.accounts.models import Membership, User
from greenroom.bank.models import Question
from greenroom.core.clock import now
from greenroom.core.ids import new_id
from greenroom.judging.models import CheckResult, Judgement
from greenroom.practice.models import Draft
from tests.factories import accounts, bank, judging, practice


def _second_person_of_an_address(session: Session) -> None:
    accounts.person(session, email="ada@example.com")
    accounts.person(session, email="ada@example.com")


def _capitals_in_an_address(session: Session) -> None:
    accounts.person(session, email="Ada@example.com")


def _unknown_role(session: Session) -> None:
    accounts.person(session, role="king")


def _membership_of_nobody(session: Session) -> None:
    home = accounts.organization(session)
    session.add(Membership(user_id=new_id(), organization_id=home.id, role="admin"))


def _two_roles_in_an_organization(session: Session) -> None:
    home = accounts.organization(session)
    person = accounts.person(session, organization=home)
    session.expunge_all()
    session.add(Membership(user_id=person.id, organization_id=home.id, role="admin"))


def _unknown_kind_of_question(session: Session) -> None:
    bank.question(session, kind="essay")


def _second_question_of_a_slug(session: Session) -> None:
    bank.question(session, slug="same")
    bank.question(session, slug="same")


def _second_question_of_a_key(session: Session) -> None:
    bank.question(session, key="1.1")
    bank.question(session, key="1.1")


def _question_without_topic(session: Session) -> None:
    session.add(Question(uid="q-0", slug="lost", kind="code", topic_id=new_id(), position=1))


def _two_current_versions(session: Session) -> None:
    bank.version(session, bank.question(session), number=2)


def _version_number_twice(session: Session) -> None:
    bank.version(session, bank.question(session), number=1, is_current=False)


def _unknown_difficulty(session: Session) -> None:
    bank.question(session, difficulty="easy")


def _no_minutes(session: Session) -> None:
    bank.question(session, minutes=0)


def _unknown_mode(session: Session) -> None:
    judging.submission(session, accounts.scope(session), bank.question(session), mode="try")


def _judged(**values: Any) -> Callable[[Session], None]:  # noqa: ANN401 a column's own type
    def break_it(session: Session) -> None:
        judging.submission(session, accounts.scope(session), bank.question(session), **values)

    return break_it


def _second_judgement_of_a_number(session: Session) -> None:
    handed_in = judging.submission(session, accounts.scope(session), bank.question(session))
    session.add(Judgement(submission_id=handed_in.id, number=1, grading_digest="0" * 64, seed=1))


def _check_of_no_judgement(session: Session) -> None:
    session.add(
        CheckResult(
            judgement_id=new_id(),
            position=1,
            check_id="adds",
            name="Adds",
            group="basics",
            visibility="visible",
            status="passed",
            ms=1.0,
        )
    )


def _second_attempt_at_a_question(session: Session) -> None:
    scope, question = accounts.scope(session), bank.question(session)
    practice.attempt(session, scope, question)
    practice.attempt(session, scope, question)


def _negative_hints(session: Session) -> None:
    practice.attempt(session, accounts.scope(session), bank.question(session), hints_shown=-1)


def _draft_before_the_first(session: Session) -> None:
    attempt = practice.attempt(session, accounts.scope(session), bank.question(session))
    session.add(Draft(attempt_id=attempt.id, files={}, version=0))


def _explained(**values: Any) -> Callable[[Session], None]:  # noqa: ANN401 a column's own type
    def break_it(session: Session) -> None:
        question = bank.question(session, "explain")
        attempt = practice.attempt(session, accounts.scope(session), question)
        practice.explanation(session, attempt, **values)

    return break_it


FAULTS = {
    "email": _second_person_of_an_address,
    "email_lowercase": _capitals_in_an_address,
    "role_known": _unknown_role,
    "FOREIGN KEY|fk_memberships_user_id": _membership_of_nobody,
    "memberships.user_id|pk_memberships": _two_roles_in_an_organization,
    "kind_known": _unknown_kind_of_question,
    "slug": _second_question_of_a_slug,
    "key": _second_question_of_a_key,
    "FOREIGN KEY|fk_questions_topic_id": _question_without_topic,
    "question_versions.question_id|uq_question_versions_current": _two_current_versions,
    "question_versions.number|uq_question_versions_question_id_number": _version_number_twice,
    "difficulty_known": _unknown_difficulty,
    "minutes_positive": _no_minutes,
    "mode_known": _unknown_mode,
    "status_known": _judged(status="lost"),
    "verdict_known": _judged(status="done", verdict="fine"),
    "verdict_iff_done": _judged(status="queued", verdict="accepted"),
    "verdict_iff_done ": _judged(status="done"),
    "lease_iff_running": _judged(status="running"),
    "lease_iff_running ": _judged(status="queued", lease_token=new_id()),
    "judgements.number|uq_judgements_submission_id_number": _second_judgement_of_a_number,
    "FOREIGN KEY|fk_check_results_judgement_id": _check_of_no_judgement,
    "attempts.user_id|uq_attempts_user_id_question_id": _second_attempt_at_a_question,
    "hints_not_negative": _negative_hints,
    "version_positive": _draft_before_the_first,
    "rating_known": _explained(rating="perfect", rated_at=now()),
    "rated_when": _explained(rating="good"),
}


@pytest.mark.parametrize(("named", "break_it"), FAULTS.items(), ids=FAULTS)
def test_the_database_refuses(
    session: Session, named: str, break_it: Callable[[Session], None]
) -> None:
    with pytest.raises(IntegrityError, match=named.strip()):
        _write(session, break_it)


def _write(session: Session, break_it: Callable[[Session], None]) -> None:
    break_it(session)
    session.flush()


def test_a_person_goes_with_everything_that_is_theirs(session: Session) -> None:
    scope, question = accounts.scope(session), bank.question(session)
    judging.submission(session, scope, question)
    practice.attempt(session, scope, question)
    session.commit()
    session.expire_all()
    person = session.get_one(User, scope.user_id)
    session.delete(person)
    session.commit()
    for model in (Membership, Judgement):
        assert session.query(model).count() == 0
