"""The catalogue and the topic pages. The address holds the whole filter, to share each view."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from greenroom.accounts.guard import PageScope
from greenroom.accounts.scope import Scope
from greenroom.bank import queries as bank
from greenroom.core.errors import NotFoundError
from greenroom.practice import progress
from greenroom.practice.catalogue import Wanted
from greenroom.practice.catalogue_views import CataloguePage, catalogue_page, topic_page
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)
MAX_SEARCH = 200

Text = Annotated[str, Query(max_length=MAX_SEARCH)]
Several = Annotated[list[str] | None, Query(max_length=10)]


@router.get("/questions")
def catalogue(  # noqa: PLR0913, PLR0917 one parameter a part of the filter
    request: Request,
    session: DbSession,
    scope: PageScope,
    q: Text = "",
    section: Text = "",
    topic: Text = "",
    kind: Several = None,
    level: Several = None,
    status: Several = None,
    tag: Text = "",
    ready: Text = "",
    show: Text = "",
) -> Response:
    """Show the questions that the filter leaves."""
    wanted = Wanted(
        q=q.replace("\x00", "").strip(),
        section=section,
        topic=topic,
        kind=tuple(kind or ()),
        level=tuple(level or ()),
        status=tuple(status or ()),
        tag=tag,
        ready="1" if ready else "",
        show="list" if show == "list" else "",
    )
    if pages.wants_fragment(request):
        view = _view(session, scope, wanted)
        headers = {"HX-Replace-Url": wanted.href}
        return pages.fragment(
            request, "bank/catalogue.html", view, block="catalogue", headers=headers
        )
    if _says_nothing(request):
        return RedirectResponse(wanted.href, 303)
    return pages.page(
        request, "bank/catalogue.html", _view(session, scope, wanted), section="questions"
    )


@router.get("/topics/{slug}")
def topic(request: Request, session: DbSession, scope: PageScope, slug: str) -> Response:
    """Show a topic with its questions and its neighbours."""
    topics = bank.all_topics(session)
    wanted = next((one for one in topics if one.slug == slug), None)
    if wanted is None:
        raise NotFoundError(f"There is no topic called “{slug[:100]}”.")
    lines = bank.question_lines(session, wanted.id).get(wanted.id, ())
    view = topic_page(wanted, topics, lines, progress.statuses(session, scope))
    return pages.page(request, "bank/topic.html", view, section="questions")


def _view(session: DbSession, scope: Scope, wanted: Wanted) -> CataloguePage:
    return catalogue_page(
        bank.all_topics(session),
        bank.question_lines(session),
        bank.ids_matching(session, wanted.q) if wanted.q else None,
        progress.statuses(session, scope),
        wanted,
    )


def _says_nothing(request: Request) -> bool:
    """Whether a plain form has put empty fields into the address, which are better left out."""
    return any(not value for _, value in request.query_params.multi_items())
