"""The web process: which rooms it shows, and what stands in front of all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from greenroom.accounts import api as accounts_api
from greenroom.accounts import sign_in_routes
from greenroom.bank import api as bank_api
from greenroom.core.config import settings
from greenroom.core.redis import async_client
from greenroom.judging import api as judging_api
from greenroom.judging.stream import StreamHub
from greenroom.practice import (
    about_routes,
    attempt_routes,
    catalogue_routes,
    code_routes,
    draft_routes,
    explain_routes,
    home_routes,
    proof_routes,
    submission_routes,
)
from greenroom.practice import api as practice_api
from greenroom.web import assets, problems, system
from greenroom.web.addresses import AddressMiddleware, HeadMiddleware
from greenroom.web.csrf import SecurityMiddleware
from greenroom.web.hosts import HostMiddleware, names_of
from greenroom.web.limits import BodyLimitMiddleware
from greenroom.web.system import SystemWatch

API = "/api/v1"
PAGES = (
    system.router,
    sign_in_routes.router,
    home_routes.router,
    about_routes.router,
    catalogue_routes.router,
    proof_routes.router,
    code_routes.router,
    submission_routes.router,
    draft_routes.router,
    explain_routes.router,
    attempt_routes.router,
)
SCRIPTS = (accounts_api.router, bank_api.router, practice_api.router, judging_api.router)


class Site(FastAPI):
    """The application. Security headers go on every answer, the page for our own faults too."""

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap what FastAPI builds once more."""
        return SecurityMiddleware(super().build_middleware_stack())


def create_app() -> Site:
    """Put the web process together."""
    assets.require_bundle()
    app = Site(
        title="Greenroom",
        version=version("greenroom"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    problems.install(app)
    for router in PAGES:
        app.include_router(router)
    for router in SCRIPTS:
        app.include_router(router, prefix=API, responses=problems.DOCUMENTED)
    app.mount(assets.URL, assets.BuiltFiles())
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(AddressMiddleware)
    app.add_middleware(HostMiddleware, names=names_of(settings()))
    app.add_middleware(HeadMiddleware)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub, watch = StreamHub(async_client()), SystemWatch(async_client())
    app.state.stream_hub = hub
    app.state.notices = watch.notices
    hub.start()
    watch.start()
    try:
        yield
    finally:
        await hub.stop()
        await watch.stop()
