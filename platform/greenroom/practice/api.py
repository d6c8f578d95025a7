"""Handing in by script. How it goes on is told by judging: see judging/api.py."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from greenroom.accounts.guard import ApiScope
from greenroom.bank import queries as bank
from greenroom.judging.api import events_url
from greenroom.judging.service import Mode
from greenroom.practice import service
from greenroom.web.db import DbSession

router = APIRouter(tags=["submissions"])


class SubmissionIn(BaseModel):
    """An answer, by file name. `run` tries the visible checks, `submit` counts. A run that is given
    the `seed` of an earlier judgement draws the same random inputs.
    """

    model_config = ConfigDict(
        extra="forbid",  # a misspelt `mode` must not count as a submission
        json_schema_extra={
            "example": {"files": {"answer.py": "def add(a, b):\n    return a + b\n"}}
        },
    )

    files: dict[str, str]
    mode: Mode = "submit"
    seed: int | None = None


class Accepted(BaseModel):
    """Where to look for what comes of a submission."""

    id: UUID
    status: str
    url: str
    events_url: str


@router.post("/questions/{slug}/submissions", status_code=202)
def hand_in(
    session: DbSession, scope: ApiScope, response: Response, slug: str, sent: SubmissionIn
) -> Accepted:
    """Hand in an answer. It is judged soon; follow `events_url`."""
    question = bank.question_by_slug(session, slug)
    submission = service.hand_in(session, scope, question, sent.files, sent.mode, sent.seed)
    url = f"/api/v1/submissions/{submission.id}"
    response.headers["Location"] = url
    return Accepted(
        id=submission.id, status="queued", url=url, events_url=events_url(submission.id)
    )
