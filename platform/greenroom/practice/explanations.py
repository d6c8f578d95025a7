"""Explanations: handing one in, marking it against the rubric, rating it. Nothing here commits."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from greenroom.accounts.scope import Scope
from greenroom.bank import markdown
from greenroom.bank.models import Question, QuestionVersion
from greenroom.core.clock import now
from greenroom.core.errors import InvalidInputError, NotFoundError, TooLargeError
from greenroom.practice import marking, progress, rubric
from greenroom.practice.models import Attempt, Explanation
from greenroom.web.text import plural

FILE = "answer.md"
MAX_CHARACTERS = 50_000
Mark = Literal["said", "missed"]
Rating = Literal["again", "hard", "good", "easy"]
MARKS: tuple[Mark, ...] = get_args(Mark)
RATINGS: tuple[Rating, ...] = get_args(Rating)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def attempt_at(session: Session, scope: Scope, question: Question) -> Attempt:
    """Return this person's attempt at a question with its draft, begun now if there was none."""
    wanted = (
        select(Attempt)
        .where(Attempt.question_id == question.id, *progress.own(scope))
        .options(joinedload(Attempt.draft))
    )
    if found := session.scalar(wanted):
        return found
    try:
        with session.begin_nested():
            session.add(
                Attempt(
                    user_id=scope.user_id,
                    organization_id=scope.organization_id,
                    question_id=question.id,
                )
            )
    except IntegrityError:
        pass  # a second tab was faster, and its attempt is the one
    return session.scalars(wanted).one()


def own_explanation(session: Session, scope: Scope, explanation_id: UUID) -> Explanation:
    """Return an explanation of this person with its attempt, version, question and topic."""
    found = session.scalar(
        select(Explanation)
        .join(Explanation.attempt)
        .where(Explanation.id == explanation_id, *progress.own(scope))
        .options(
            joinedload(Explanation.attempt),
            joinedload(Explanation.version)
            .joinedload(QuestionVersion.question)
            .joinedload(Question.topic),
        )
    )
    if found is None:
        raise NotFoundError("There is no such explanation, or it is not yours.")
    return found


def of_attempt(session: Session, attempt_id: UUID, limit: int = 20) -> Sequence[Explanation]:
    """Return the explanations of an attempt, newest first, nothing loaded with them."""
    return session.scalars(
        select(Explanation)
        .where(Explanation.attempt_id == attempt_id)
        .order_by(Explanation.created_at.desc(), Explanation.id.desc())
        .limit(limit)
    ).all()


def storable(text: str) -> str:
    """Return a text without what a database cannot hold: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def checked(body: str) -> str:
    """Return an answer as it will be kept, or say in a sentence why it cannot be."""
    body = body.replace("\r\n", "\n")
    if len(body) > MAX_CHARACTERS:
        raise TooLargeError(
            f"This answer has {len(body):,} characters, and {MAX_CHARACTERS:,} are the most that "
            "can be compared. Shorten it and send it again; nothing was thrown away."
        )
    left = storable(body)
    if left != body:
        count = plural(len(body) - len(left), "invisible character")
        raise InvalidInputError(
            f"This answer held {count} that cannot be stored. It is below without them; "
            "look it over and send it again."
        )
    if not body.strip():
        raise InvalidInputError(
            "This answer is empty. Write a sentence or two, then send it again."
        )
    return body


def hand_in(session: Session, attempt: Attempt, version: QuestionVersion, body: str) -> Explanation:
    """Keep an answer, and begin the next draft empty. `attempt` comes with its draft loaded."""
    moment = now()
    explanation = Explanation(
        attempt_id=attempt.id,
        question_version_id=version.id,
        body=body,
        body_html=str(markdown.render(body)),
        created_at=moment,
    )
    session.add(explanation)
    attempt.touched_at = moment
    if attempt.draft is not None:
        # A new version, so that a second tab which still holds the old text is told.
        attempt.draft.files = {FILE: ""}
        attempt.draft.version += 1
        attempt.draft.saved_at = moment
    session.flush()
    return explanation


def decide(explanation: Explanation, point: str, mark: Mark | None) -> None:
    """Record what the person says of a key point; None takes the decision back."""
    if point not in points_of(explanation.version.rubric):
        raise NotFoundError("The rubric has no such key point. Reload the page and try again.")
    others = {other: kept for other, kept in explanation.marks.items() if other != point}
    explanation.marks = others | ({point: mark} if mark else {})


def agree(explanation: Explanation) -> None:
    """Take over what the matching of words suggests, wherever the person has not decided."""
    reading = read(explanation)
    suggested = {
        point: "said" if point in reading.covered else "missed"
        for point in points_of(explanation.version.rubric)
    }
    explanation.marks = suggested | explanation.marks


def rate(explanation: Explanation, rating: Rating) -> None:
    """Record how well the person knew it."""
    explanation.rating = rating
    explanation.rated_at = now()


def read(explanation: Explanation) -> rubric.Reading:
    """Return what the answer seems to say of its rubric."""
    text = marking.text_of(explanation.body_html)
    return rubric.read(text, explanation.version.rubric or {})


def points_of(stored: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the ids of a rubric's key points, in order."""
    return tuple(point["id"] for point in (stored or {}).get("key_points", ()))
