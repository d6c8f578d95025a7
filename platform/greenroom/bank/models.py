"""The bank in the database: topics, questions, and the versions that judgements are pinned to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from greenroom.core.clock import now
from greenroom.core.db import Base, UtcDateTime
from greenroom.core.ids import new_id


class BankState(Base):
    """The one row that says which state of the folder was loaded last; who loads locks it."""

    __tablename__ = "bank_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Topic(Base):
    """One of the curriculum's subjects; `section` groups topics, `number` orders them.

    A retired one has a negative number, so that its number is free again.
    """

    __tablename__ = "topics"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    section: Mapped[str] = mapped_column(String(200))
    blurb_html: Mapped[str] = mapped_column(Text)
    why_html: Mapped[str] = mapped_column(Text, default="")
    prerequisites: Mapped[list[str]] = mapped_column(JSON, default=list)
    here: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Places in this site's own source: `says_html`, and `file` and `name` for bank/here.py."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    questions: Mapped[list["Question"]] = relationship(
        back_populates="topic", lazy="raise", order_by="Question.position"
    )


class Question(Base):
    """A question for ever; what it says is in its versions.

    `uid` is the id that its package carries.
    """

    __tablename__ = "questions"
    __table_args__ = (CheckConstraint("kind IN ('code', 'explain')", name="kind_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    key: Mapped[str | None] = mapped_column(String(10), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    shows: Mapped[str | None] = mapped_column(String(10))
    """The key of the explain question of which this one asks for the code."""
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topics.id"), index=True)
    position: Mapped[int]
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    topic: Mapped[Topic] = relationship(back_populates="questions", lazy="raise")
    versions: Mapped[list["QuestionVersion"]] = relationship(
        back_populates="question", lazy="raise", order_by="QuestionVersion.number"
    )
    current: Mapped["QuestionVersion"] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Question.id == QuestionVersion.question_id, QuestionVersion.is_current)",
    )


class QuestionVersion(Base):
    """What a question says, frozen.

    `digest` is over the whole package, `grading_digest` over what decides a verdict.
    `is_complete` says whether it can be judged (code: a grader or a suite; explain: a rubric).
    """

    __tablename__ = "question_versions"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        Index(
            "uq_question_versions_current",
            "question_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        CheckConstraint("difficulty IN ('junior', 'mid', 'senior')", name="difficulty_known"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(String(64))
    grading_digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    heading: Mapped[str] = mapped_column(String(200))
    difficulty: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    statement_html: Mapped[str] = mapped_column(Text)
    statement_text: Mapped[str] = mapped_column(Text)
    hints_html: Mapped[list[str]] = mapped_column(JSON, default=list)
    solution_html: Mapped[str] = mapped_column(Text, default="")
    profile: Mapped[str | None] = mapped_column(String(20))
    services: Mapped[list[str]] = mapped_column(JSON, default=list)
    fresh: Mapped[bool] = mapped_column(default=True)
    """Every check meets the answer as it was loaded."""
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    starter: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reference: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    grader: Mapped[str | None] = mapped_column(Text)
    suite: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """The files of an open suite by name, in the grader's place. They are shown."""
    checks: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """The planned checks in order: id, name, group, visibility; in a suite, `test` as well. Read
    from the source of the grader or of the suite.
    """
    rubric: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The rubric as in rubric.toml, its Markdown rendered (`*_html` beside each text)."""
    is_complete: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    question: Mapped[Question] = relationship(back_populates="versions", lazy="raise")


class QuestionProof(Base):
    """What the last `greenroom bank check` of a question found, loaded into the bank or not.

    `digest` says of which state of its package; `report` is a `bank.proofs.Report`.
    """

    __tablename__ = "question_proofs"

    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
