"""A person's continuing work on a question: one attempt a question, its draft, and explanations
given.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from greenroom.bank.models import Question, QuestionVersion
from greenroom.core.clock import now
from greenroom.core.db import Base, UtcDateTime
from greenroom.core.ids import new_id


class Attempt(Base):
    """One person at one question, from the first look on."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("user_id", "question_id"),
        CheckConstraint("hints_shown >= 0", name="hints_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id"), index=True)
    hints_shown: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    question: Mapped[Question] = relationship(lazy="raise")
    draft: Mapped["Draft | None"] = relationship(back_populates="attempt", lazy="raise")


class Draft(Base):
    """What is being typed. `version` grows by one a save, so that a second tab cannot overwrite
    unseen.
    """

    __tablename__ = "drafts"
    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)

    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    attempt: Mapped[Attempt] = relationship(back_populates="draft", lazy="raise")


class Explanation(Base):
    """An answer in words, the person's own marks against the rubric, and how well they knew it."""

    __tablename__ = "explanations"
    __table_args__ = (
        CheckConstraint("rating IN ('again', 'hard', 'good', 'easy')", name="rating_known"),
        CheckConstraint("(rating IS NULL) = (rated_at IS NULL)", name="rated_when"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), index=True
    )
    question_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("question_versions.id"), index=True
    )
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Key point id -> "said" or "missed", as the person decided."""
    rating: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    attempt: Mapped[Attempt] = relationship(lazy="raise")
    version: Mapped[QuestionVersion] = relationship(lazy="raise")
