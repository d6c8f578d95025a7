"""Reading the bank. Nothing loads by itself, so each function says what comes loaded."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from greenroom.bank.models import BankState, Question, QuestionVersion, Topic
from greenroom.bank.views import QuestionLine
from greenroom.core.errors import NotFoundError
from greenroom.core.paging import DEFAULT_SIZE, Page, decode, encode

_PUNCTUATION = frozenset('[]",\\')


@dataclass(frozen=True)
class QuestionFilter:
    """Which questions are wanted; an empty field does not narrow.

    Every word of `text` must be in the title, the statement or a tag.
    """

    text: str = ""
    section: str = ""
    topic: str = ""
    kind: str = ""
    difficulty: str = ""
    tag: str = ""


def question_by_slug(session: Session, slug: str) -> Question:
    """Return a question with `current` and `topic` loaded; retired ones are not found."""
    found = session.scalar(
        _living().where(Question.slug == slug).options(joinedload(Question.topic))
    )
    if found is None:
        raise NotFoundError(
            f"There is no question with the address “{slug}”. Look for it in the catalogue."
        )
    return found


def shown_in_code(session: Session, question: Question) -> Sequence[Question]:
    """Return the code questions that show an explain question, with `current` loaded."""
    if question.key is None:
        return []
    return session.scalars(
        _living().where(Question.shows == question.key).order_by(Question.position, Question.slug)
    ).all()


def explained_by(session: Session, question: Question) -> Question | None:
    """Return the explain question that a code question shows, with `current` loaded."""
    if question.shows is None:
        return None
    return session.scalar(_living().where(Question.key == question.shows))


def _living() -> Select[Question]:
    return (
        select(Question).where(Question.retired_at.is_(None)).options(joinedload(Question.current))
    )


def topic_by_slug(session: Session, slug: str) -> Topic:
    """Return a topic with its questions and their `current` loaded."""
    found = session.scalar(_topics().where(Topic.slug == slug))
    if found is None:
        raise NotFoundError(
            f"There is no topic with the address “{slug}”. Look for it in the catalogue."
        )
    return found


def topics_with_questions(session: Session) -> Sequence[Topic]:
    """Return all topics by number with their living questions and these' `current` loaded."""
    return session.scalars(_topics().order_by(Topic.number)).all()


def _topics() -> Select[Topic]:
    alive = Topic.questions.and_(Question.retired_at.is_(None))
    return (
        select(Topic)
        .where(Topic.retired_at.is_(None))
        .options(selectinload(alive).joinedload(Question.current))
    )


def loaded_stamp(session: Session) -> str:
    """Return the stamp of the folder that was loaded last, empty before the first time."""
    return session.scalar(select(BankState.stamp)) or ""


def every_topic(session: Session) -> Sequence[Topic]:
    """Return all topics, retired ones too, by number."""
    return session.scalars(select(Topic).order_by(Topic.number)).all()


def every_question(session: Session) -> Sequence[Question]:
    """Return all questions, retired ones too, nothing loaded with them."""
    return session.scalars(select(Question)).all()


def current_versions(session: Session) -> Mapping[UUID, tuple[int, str]]:
    """Return number and digest of each question's current version, by the question's id."""
    rows = session.execute(
        select(QuestionVersion.question_id, QuestionVersion.number, QuestionVersion.digest).where(
            QuestionVersion.is_current
        )
    )
    return {question: (number, digest) for question, number, digest in rows}


def all_topics(session: Session) -> Sequence[Topic]:
    """Return all topics by number, nothing loaded with them."""
    query = select(Topic).where(Topic.retired_at.is_(None)).order_by(Topic.number)
    return session.scalars(query).all()


def topics_page(
    session: Session, cursor: str | None = None, size: int = DEFAULT_SIZE
) -> Page[Topic]:
    """Return a page of topics by number, nothing loaded with them."""
    query = select(Topic).where(Topic.retired_at.is_(None))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if cursor:
        query = query.where(Topic.number > decode(cursor, (int,))[0])
    rows = session.scalars(query.order_by(Topic.number).limit(size + 1)).all()
    following = encode((rows[size - 1].number,)) if len(rows) > size else None
    return Page(tuple(rows[:size]), total, following)


def question_counts(session: Session) -> Mapping[UUID, int]:
    """Return how many living questions each topic has, by the topic's id."""
    rows = session.execute(
        select(Question.topic_id, func.count())
        .where(Question.retired_at.is_(None))
        .group_by(Question.topic_id)
    )
    return {row[0]: row[1] for row in rows}


def question_lines(
    session: Session, topic_id: UUID | None = None
) -> Mapping[UUID, Sequence[QuestionLine]]:
    """Return every question as a line of a list, by topic, in order.

    Statements and solutions stay in the database.
    """
    query = _matching(QuestionFilter()).with_only_columns(
        Question.topic_id,
        Question.id,
        Question.slug,
        Question.key,
        Question.kind,
        QuestionVersion.title,
        QuestionVersion.difficulty,
        QuestionVersion.minutes,
        QuestionVersion.tags,
        QuestionVersion.is_complete,
    )
    if topic_id is not None:
        query = query.where(Question.topic_id == topic_id)
    lines: dict[UUID, list[QuestionLine]] = {}
    for row in session.execute(query.order_by(Topic.number, Question.position, Question.slug)):
        lines.setdefault(row.topic_id, []).append(_line(row))
    return lines


def _line(row: Row[*tuple[Any, ...]]) -> QuestionLine:
    return QuestionLine(
        id=row.id,
        slug=row.slug,
        key=row.key,
        kind=row.kind,
        title=row.title,
        difficulty=row.difficulty,
        minutes=row.minutes,
        tags=tuple(row.tags),
        is_complete=row.is_complete,
    )


def ids_matching(session: Session, text: str) -> frozenset[UUID]:
    """Return the ids of the questions that say every word of `text`."""
    query = _matching(QuestionFilter(text=text)).with_only_columns(Question.id)
    return frozenset(session.scalars(query))


def search_questions(
    session: Session, wanted: QuestionFilter, cursor: str | None = None, size: int = DEFAULT_SIZE
) -> Page[Question]:
    """Return a page of questions, in the bank's order, with `current` and `topic` loaded."""
    query = _matching(wanted)
    total = (
        session.scalar(
            select(func.count()).select_from(query.with_only_columns(Question.id).subquery())
        )
        or 0
    )
    order = (Topic.number, Question.position, Question.slug)
    if cursor:
        query = query.where(tuple_(*order) > tuple_(*decode(cursor, (int, int, str))))
    rows = session.scalars(
        query.order_by(*order)
        .limit(size + 1)
        .options(contains_eager(Question.current), contains_eager(Question.topic))
    ).all()
    last = rows[size - 1] if len(rows) > size else None
    following = encode((last.topic.number, last.position, last.slug)) if last else None
    return Page(tuple(rows[:size]), total, following)


def _matching(wanted: QuestionFilter) -> Select[Question]:
    narrow: dict[Any, str] = {
        Topic.section: wanted.section,
        Topic.slug: wanted.topic,
        Question.kind: wanted.kind,
        QuestionVersion.difficulty: wanted.difficulty,
    }
    return (
        select(Question)
        .join(Question.topic)
        .join(Question.current)
        .where(
            Question.retired_at.is_(None),
            *(column == value for column, value in narrow.items() if value),
            *(_says(word) for word in wanted.text.split()),
            *([_tagged(wanted.tag)] if wanted.tag else []),
        )
    )


def _says(word: str) -> ColumnElement[bool]:
    # What only the list's own JSON text has is said by no tag.
    punctuation = not _PUNCTUATION.isdisjoint(word)
    tags = (
        [] if punctuation else [cast(QuestionVersion.tags, Text).icontains(word, autoescape=True)]
    )
    return or_(
        Question.key == word,
        Topic.title.icontains(word, autoescape=True),
        QuestionVersion.title.icontains(word, autoescape=True),
        QuestionVersion.heading.icontains(word, autoescape=True),
        QuestionVersion.statement_text.icontains(word, autoescape=True),
        *tags,
    )


def _tagged(tag: str) -> ColumnElement[bool]:
    # Both databases keep the list as JSON text, in which a tag is found by its quotes.
    return cast(QuestionVersion.tags, Text).contains(json.dumps(tag), autoescape=True)
