"""A submission's own address: its page, the stream of its results, and stopping it."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import RedirectResponse, Response

from greenroom.accounts.guard import PageScope
from greenroom.bank import queries as bank
from greenroom.judging import queries
from greenroom.judging import service as judging
from greenroom.judging.entries import START, known_id, order_of
from greenroom.judging.following import follow
from greenroom.judging.stream import StreamHub
from greenroom.practice import code_routes, code_screen
from greenroom.practice.code_screen import Shown
from greenroom.practice.panels import PanelFeed
from greenroom.practice.views import Tab
from greenroom.web import pages
from greenroom.web.db import DbSession
from greenroom.web.sse import EventStream, Message

router = APIRouter(include_in_schema=False, prefix="/submissions/{submission_id}")
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]


@router.get("")
def permalink(
    request: Request,
    session: DbSession,
    scope: PageScope,
    submission_id: UUID,
    tab: Tab = "question",
) -> Response:
    """Show a submission: its question, its code, its results."""
    submission = queries.own_submission(session, scope, submission_id)
    question = bank.question_by_slug(session, submission.version.question.slug)
    return code_routes.show(request, session, scope, question, Shown(tab, submission))


@router.get("/stream")
def stream(
    request: Request,
    session: DbSession,
    scope: PageScope,
    submission_id: UUID,
    after: str = START,
    last_event_id: LastEventId = None,
) -> Response:
    """Tell the page how the results panel changes, from behind what it shows already."""
    submission = queries.own_submission(session, scope, submission_id)
    panel = code_screen.panel_at_first(session, scope, submission.version, submission)
    hub: StreamHub = request.app.state.stream_hub
    judgement = submission.told
    known = known_id(last_event_id or after, judgement.tries)
    return EventStream(_messages(hub, PanelFeed(panel), judgement.id, known))


@router.post("/cancel")
def cancel(request: Request, session: DbSession, scope: PageScope, submission_id: UUID) -> Response:
    """Stop judging. The stream tells the page; what is over already stays as it is."""
    judging.cancel(session, queries.own_submission(session, scope, submission_id))
    if pages.wants_fragment(request):
        return Response(status_code=204)
    return RedirectResponse(f"/submissions/{submission_id}", 303)


async def _messages(
    hub: StreamHub, feed: PanelFeed, judgement_id: UUID, after: str
) -> AsyncIterator[Message | None]:
    """Yield what the page does not show yet. The panel grows from the first entry on."""
    seen = order_of(after)
    async for entry in follow(hub, judgement_id, START):
        if entry is None:
            yield None
            continue
        message = feed.take(entry)
        if message and entry.order > seen:
            yield Message(pages.render("practice/_message.html", page=message), id=entry.id)
        if entry.final:
            yield Message(event="done")
