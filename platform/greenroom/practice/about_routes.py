"""Pages about the site itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from greenroom.accounts.guard import page_scope
from greenroom.core.errors import UnauthorizedError
from greenroom.web import pages
from greenroom.web.db import DbSession

router = APIRouter(include_in_schema=False)


def notice_viewer(request: Request, session: DbSession) -> None:
    """Note who looks, for the frame around the page; nobody has to be signed in."""
    try:
        page_scope(request, session)
    except UnauthorizedError:
        return


@router.get("/about/judging")
def judging(request: Request, _viewer: Annotated[None, Depends(notice_viewer)]) -> Response:
    """Say in plain words how answers are judged."""
    return pages.page(request, "about/judging.html", None)
