"""Pages about the site itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from greenroom.accounts.guard import page_scope
from greenroom.core.errors import UnauthorizedError
from greenroom.practice.api_page import api_page
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)


def notice_viewer(request: Request, session: DbSession) -> None:
    """Note who looks, for the frame around the page; nobody has to be signed in."""
    try:
        page_scope(request, session)
    except UnauthorizedError:
        return


Viewer = Annotated[None, Depends(notice_viewer, scope="function")]


@router.get("/about/judging")
def judging(request: Request, _viewer: Viewer) -> Response:
    """Say in plain words how answers are judged."""
    return pages.page(request, "about/judging.html", None)


@router.get("/docs")
def api(request: Request, _viewer: Viewer) -> Response:
    """Show what scripts can ask for, without a viewer that comes from another site."""
    page = api_page(request.app.openapi(), str(request.base_url))
    return pages.page(request, "about/api.html", page)
