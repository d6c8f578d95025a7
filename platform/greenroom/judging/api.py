"""Submissions for scripts: how one stands, what happens as it happens, and how to stop it.

Handing in is practice's, since it belongs to a person's attempt: see practice/api.py.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from greenroom.accounts.guard import ApiScope
from greenroom.judging import entries, queries, service
from greenroom.judging.entries import Entry
from greenroom.judging.following import follow
from greenroom.judging.models import Judgement, Submission
from greenroom.judging.stream import StreamHub
from greenroom.judging.verdict import CheckStatus, Verdict
from greenroom.web.db import DbSession
from greenroom.web.sse import EventStream, Message

router = APIRouter(tags=["submissions"])

Happening = Literal["status", "check", "output", "verdict"]
HAPPENINGS: tuple[Happening, ...] = get_args(Happening)
Status = Literal["queued", "running", "done", "cancelled"]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]


class FrameOut(BaseModel):
    """A line of the answer in a traceback, innermost last. One of no function is where Python could
    not read on.
    """

    file: str
    line: int
    function: str
    source: str = ""


class CheckOut(BaseModel):
    """What a check found. Of a hidden one only name, status, time and hint are told. `seed` is
    there where a check drew its inputs and did not pass: a run that is given it draws the same.
    """

    id: str
    name: str
    group: str
    visibility: Literal["visible", "hidden"]
    status: CheckStatus
    ms: float
    cpu_ms: float | None
    peak_memory_kib: int | None
    seed: int | None
    message: str
    hint: str
    expected: str | None
    actual: str | None
    diff: str | None
    output: str
    error: str
    traceback: list[FrameOut]


class JudgementOut(BaseModel):
    """One judgement of a submission, of which there are several once it was judged again."""

    number: int
    status: Status
    verdict: Verdict | None
    finished_at: datetime | None


class SubmissionOut(BaseModel):
    """A submission and its newest judgement that is done, else its newest. `verdict` is there once
    `status` is done; `file` and `line` say where an answer could not be loaded.
    """

    id: UUID
    question: str
    mode: service.Mode
    status: Status
    verdict: Verdict | None
    message: str
    file: str | None
    line: int | None
    traceback: list[FrameOut]
    output: str
    checks: list[CheckOut]
    usage: dict[str, float | None]
    seed: int | None
    judgements: list[JudgementOut]
    created_at: datetime
    finished_at: datetime | None
    events_url: str


@router.get("/submissions/{submission_id}")
def submission(session: DbSession, scope: ApiScope, submission_id: UUID) -> SubmissionOut:
    """Return how a submission stands."""
    return shown(queries.own_submission(session, scope, submission_id))


@router.get(
    "/submissions/{submission_id}/events",
    response_class=EventStream,
    status_code=200,  # named here, since FastAPI cannot read it off this class for the OpenAPI file
    responses={204: {"description": "All was told."}},
)
def events(
    request: Request,
    session: DbSession,
    scope: ApiScope,
    submission_id: UUID,
    last_event_id: LastEventId = None,
) -> Response:
    """Tell what happens, from the beginning or behind Last-Event-ID, until the verdict.

    Events are `status`, `check`, `output` and, last, `verdict`; each holds one JSON object. Behind
    the verdict there is nothing: 204, at which an EventSource stops to ask.
    """
    judgement = queries.own_submission(session, scope, submission_id).told
    after = entries.known_id(last_event_id, judgement.tries)
    if entries.is_over(judgement, after):
        return Response(status_code=204)
    hub: StreamHub = request.app.state.stream_hub
    return EventStream(_messages(hub, judgement.id, after))


@router.delete("/submissions/{submission_id}", status_code=204)
def cancel(session: DbSession, scope: ApiScope, submission_id: UUID) -> None:
    """Stop judging a submission. What is over already stays as it is."""
    service.cancel(session, queries.own_submission(session, scope, submission_id))


@router.post("/submissions/{submission_id}/rejudge", status_code=202)
def rejudge(session: DbSession, scope: ApiScope, submission_id: UUID) -> JudgementOut:
    """Have a submission of the organization judged again, by the question's checks of now. For
    admins. While it is queued or running, asking again changes nothing.

    The verdict that it has stays until the new one is there.
    """
    return _outlined(service.rejudge_for(session, scope, submission_id))


def events_url(submission_id: UUID) -> str:
    """Return where a submission's events are told."""
    return f"/api/v1/submissions/{submission_id}/events"


def shown(submission: Submission) -> SubmissionOut:
    """Return a submission as the API shows it. Needs version, question, judgements and checks."""
    judgement = submission.told
    return SubmissionOut.model_validate(
        {
            "id": submission.id,
            "question": submission.version.question.slug,
            "mode": submission.mode,
            "status": judgement.status,
            "verdict": judgement.verdict,
            "message": judgement.message,
            "file": judgement.detail.get("file"),
            "line": judgement.detail.get("line"),
            "traceback": judgement.detail.get("traceback", []),
            "output": judgement.detail.get("output", ""),
            "checks": [entries.check_body(check) for check in judgement.checks],
            "usage": judgement.usage,
            "seed": judgement.seed if judgement.status == "done" else None,
            "judgements": [_outlined(each) for each in submission.judgements],
            "created_at": submission.created_at,
            "finished_at": judgement.finished_at,
            "events_url": events_url(submission.id),
        }
    )


def _outlined(judgement: Judgement) -> JudgementOut:
    return JudgementOut.model_validate(judgement, from_attributes=True)


async def _messages(
    hub: StreamHub, judgement_id: UUID, after: str
) -> AsyncIterator[Message | None]:
    async for entry in follow(hub, judgement_id, after):
        yield _message(entry) if entry else None


def _message(entry: Entry) -> Message:
    body = {name: value for name, value in entry.body.items() if name != "type"}
    if entry.kind in HAPPENINGS:
        return Message(json.dumps(body), event=entry.kind, id=entry.id)
    return Message(json.dumps({"phase": "planned", **body}), event="status", id=entry.id)
