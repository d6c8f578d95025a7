"""The bank for scripts: topics, questions, and what one question asks. Never how it is judged."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from greenroom.accounts.guard import MayReadBank
from greenroom.bank import queries
from greenroom.bank.models import Question, Topic
from greenroom.bank.queries import QuestionFilter
from greenroom.web.db import DbSession
from greenroom.web.paging import SIZE, Cursor, Listing, Size

router = APIRouter(tags=["bank"], dependencies=[MayReadBank])

Kind = Literal["code", "explain"]
Difficulty = Literal["junior", "mid", "senior"]
# Without NUL, for which PostgreSQL cannot even look.
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class TopicItem(BaseModel):
    """A topic in a list. `questions` is how many it has."""

    slug: str
    number: int
    title: str
    section: str
    blurb_html: str
    prerequisites: list[str]
    questions: int


class QuestionItem(BaseModel):
    """A question in a list. `topic` is the topic's slug.

    `is_complete` says whether answers can be judged (code) or compared with a rubric (explain).
    """

    slug: str
    key: str | None
    kind: Kind
    topic: str
    title: str
    heading: str
    difficulty: Difficulty
    minutes: int
    tags: list[str]
    is_complete: bool


class QuestionsWanted(BaseModel):
    """Which questions. Every word of `q` must be in the question."""

    model_config = ConfigDict(extra="forbid")

    q: Word = ""
    section: Word = ""
    topic: Word = ""
    kind: Kind | None = None
    difficulty: Difficulty | None = None
    tag: Word = ""
    cursor: Cursor = None
    size: Size = SIZE


class CheckItem(BaseModel):
    """A check that will be made of an answer."""

    id: str
    name: str
    group: str
    visibility: Literal["visible", "hidden"]


class QuestionOut(QuestionItem):
    """What a question asks, and what an answer consists of: the files of `starter`."""

    version: int
    statement_html: str
    statement_text: str
    starter: dict[str, str]
    checks: list[CheckItem]
    profile: str | None
    limits: dict[str, Any]
    hints: int


@router.get("/topics")
def topics(session: DbSession, cursor: Cursor = None, size: Size = SIZE) -> Listing[TopicItem]:
    """List the topics by number."""
    page = queries.topics_page(session, cursor, size)
    counts = queries.question_counts(session)
    return Listing(
        items=[_topic_item(topic, counts.get(topic.id, 0)) for topic in page.items],
        total=page.total,
        next=page.next,
    )


@router.get("/questions")
def questions(
    session: DbSession, wanted: Annotated[QuestionsWanted, Query()]
) -> Listing[QuestionItem]:
    """List questions in the bank's order."""
    narrowed = QuestionFilter(
        text=wanted.q,
        section=wanted.section,
        topic=wanted.topic,
        kind=wanted.kind or "",
        difficulty=wanted.difficulty or "",
        tag=wanted.tag,
    )
    page = queries.search_questions(session, narrowed, wanted.cursor, wanted.size).map(_item)
    return Listing(items=list(page.items), total=page.total, next=page.next)


@router.get("/questions/{slug}")
def question(session: DbSession, slug: str) -> QuestionOut:
    """See what a question asks."""
    found = queries.question_by_slug(session, slug)
    version = found.current
    return QuestionOut(
        **_item(found).model_dump(),
        version=version.number,
        statement_html=version.statement_html,
        statement_text=version.statement_text,
        starter=version.starter,
        checks=[CheckItem.model_validate(check) for check in version.checks],
        profile=version.profile,
        limits=version.limits,
        hints=len(version.hints_html),
    )


def _topic_item(topic: Topic, questions: int) -> TopicItem:
    return TopicItem(
        slug=topic.slug,
        number=topic.number,
        title=topic.title,
        section=topic.section,
        blurb_html=topic.blurb_html,
        prerequisites=topic.prerequisites,
        questions=questions,
    )


def _item(question: Question) -> QuestionItem:
    version = question.current
    return QuestionItem.model_validate(
        {
            "slug": question.slug,
            "key": question.key,
            "kind": question.kind,
            "topic": question.topic.slug,
            "title": version.title,
            "heading": version.heading,
            "difficulty": version.difficulty,
            "minutes": version.minutes,
            "tags": version.tags,
            "is_complete": version.is_complete,
        }
    )
