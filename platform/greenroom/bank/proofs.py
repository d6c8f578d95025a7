"""What the last proof of each question found, kept for those who write questions."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from greenroom.bank.models import QuestionProof
from greenroom.core.clock import now


class Report(BaseModel):
    """A proof in figures. Times in milliseconds; `used` is the largest share of a limit that a
    right answer used, and `limit` says which. `strength` is a share, None where none was measured.
    """

    proved: bool
    accepted: int = 0
    refused: int = 0
    examples: int = 0
    repeats: int = 1
    slowest_ms: float = 0.0
    used: float = 0.0
    limit: str = ""
    strength: float | None = None
    unexplained: int = 0
    """Small changes of the reference that no check notices, and of which nobody said why."""
    faults: list[str] = []


def keep(session: Session, uid: str, digest: str, report: Report) -> None:
    """Keep a proof in the place of the question's last one."""
    values: dict[str, Any] = report.model_dump(mode="json")
    session.merge(QuestionProof(uid=uid, digest=digest, proved_at=now(), report=values))


def newest(session: Session) -> Mapping[str, QuestionProof]:
    """Return the last proof of each question by its id, of retired ones too."""
    return {proof.uid: proof for proof in session.scalars(select(QuestionProof))}
