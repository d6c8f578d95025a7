"""Submissions and their judgements, as if they had been handed in."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.judging.models import Judgement, Submission
from tests.factories.bank import ANSWER


def submission(
    session: Session,
    scope: Scope,
    question: Question,
    *,
    mode: str = "submit",
    files: dict[str, str] | None = None,
    **judgement: Any,  # noqa: ANN401 a column's own type
) -> Submission:
    """Add a submission for a question's current version, with one judgement, queued by default."""
    version = session.scalars(
        select(QuestionVersion).where(
            QuestionVersion.question_id == question.id, QuestionVersion.is_current
        )
    ).one()
    made = Submission(
        user_id=scope.user_id,
        organization_id=scope.organization_id,
        question_version_id=version.id,
        mode=mode,
        files=files or {"answer.py": ANSWER},
    )
    session.add(made)
    session.flush()
    fields: dict[str, Any] = {"grading_digest": version.grading_digest, "seed": 7}
    session.add(Judgement(submission_id=made.id, **fields | judgement))
    session.flush()
    return made
