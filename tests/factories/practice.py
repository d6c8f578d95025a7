"""Attempts and explanations."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.practice.models import Attempt, Explanation


def attempt(
    session: Session,
    scope: Scope,
    question: Question,
    **values: Any,  # noqa: ANN401 a column's own type
) -> Attempt:
    """Add a person's attempt at a question."""
    made = Attempt(
        user_id=scope.user_id,
        organization_id=scope.organization_id,
        question_id=question.id,
        **values,
    )
    session.add(made)
    session.flush()
    return made


def explanation(
    session: Session,
    attempt: Attempt,
    body: str = "Only a hash is stored.",
    **values: Any,  # noqa: ANN401 a column's own type
) -> Explanation:
    """Add an answer in words to an attempt at an explain question."""
    version_id = session.scalars(
        select(QuestionVersion.id).where(
            QuestionVersion.question_id == attempt.question_id, QuestionVersion.is_current
        )
    ).one()
    fields: dict[str, Any] = {"body_html": f"<p>{body}</p>"}
    made = Explanation(
        attempt_id=attempt.id, question_version_id=version_id, body=body, **fields | values
    )
    session.add(made)
    session.flush()
    return made
