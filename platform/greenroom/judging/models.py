"""What was handed in and what came of it. A submission never changes; a judgement is one evaluation
of it.

Status says how far a judgement is, the verdict what it found: `done` and only `done` has one.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from greenroom.accounts.models import User
from greenroom.bank.models import QuestionVersion
from greenroom.core.clock import now
from greenroom.core.db import Base, UtcDateTime
from greenroom.core.ids import new_id

VERDICTS = (
    "accepted",
    "wrong_answer",
    "runtime_error",
    "syntax_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "internal_error",
)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Submission(Base):
    """Files handed in for a version of a question. A `run` tries the visible checks, a `submit`
    counts.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint("mode IN ('run', 'submit')", name="mode_known"),
        Index(
            "ix_submissions_user_version",
            "user_id",
            "question_version_id",
            "created_at",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    question_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("question_versions.id"), index=True
    )
    mode: Mapped[str] = mapped_column(String(10))
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship(lazy="raise")
    version: Mapped[QuestionVersion] = relationship(lazy="raise")
    judgements: Mapped[list["Judgement"]] = relationship(
        back_populates="submission", lazy="raise", order_by="Judgement.number"
    )

    @property
    def told(self) -> "Judgement":
        """The judgement that is told: the newest that is done, else the newest. While a submission
        is judged again, its verdict stays.
        """
        done = [each for each in self.judgements if each.status == "done"]
        return done[-1] if done else self.judgements[-1]


class Judgement(Base):
    """One evaluation, claimed by a lease: only the holder of `lease_token` may finish it."""

    __tablename__ = "judgements"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint(
            _one_of("status", ("queued", "running", "done", "cancelled")),
            name="status_known",
        ),
        CheckConstraint(_one_of("verdict", VERDICTS), name="verdict_known"),
        CheckConstraint("(status = 'done') = (verdict IS NOT NULL)", name="verdict_iff_done"),
        CheckConstraint(
            "(status = 'running') = (lease_token IS NOT NULL)", name="lease_iff_running"
        ),
        Index("ix_judgements_open", "status", "lease_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(10), default="queued")
    verdict: Mapped[str | None] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grading_digest: Mapped[str] = mapped_column(String(64))
    image_digest: Mapped[str] = mapped_column(String(100), default="")
    seed: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of a run that ended before its checks: file, line, traceback, output."""
    usage: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    submission: Mapped[Submission] = relationship(back_populates="judgements", lazy="raise")
    checks: Mapped[list["CheckResult"]] = relationship(
        lazy="raise", order_by="CheckResult.position"
    )


class CheckResult(Base):
    """What one check of a judgement found. Times in milliseconds, memory in KiB; `seed` repeats the
    inputs of a check that did not pass and had drawn them.
    """

    __tablename__ = "check_results"
    __table_args__ = (
        CheckConstraint("visibility IN ('visible', 'hidden')", name="visibility_known"),
        CheckConstraint("ms >= 0", name="ms_not_negative"),
    )

    judgement_id: Mapped[UUID] = mapped_column(
        ForeignKey("judgements.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str] = mapped_column(String(100))
    visibility: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(20))
    ms: Mapped[float]
    cpu_ms: Mapped[float | None]
    peak_memory_kib: Mapped[int | None] = mapped_column(BigInteger)
    seed: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text, default="")
    hint: Mapped[str] = mapped_column(Text, default="")
    expected: Mapped[str | None] = mapped_column(Text)
    actual: Mapped[str | None] = mapped_column(Text)
    diff: Mapped[str | None] = mapped_column(Text)
    output: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")
    traceback: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    outer_frames: Mapped[int] = mapped_column(default=0)
