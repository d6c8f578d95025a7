"""The real site in this process: web server, fake runner, and a person who asks."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
import uvicorn
from sqlalchemy.orm import Session

from greenroom.accounts import service as accounts
from greenroom.accounts import tokens
from greenroom.accounts.scope import Scope
from greenroom.app import create_app
from greenroom.core import db
from greenroom.judging import tasks
from greenroom.practice import service as practice
from greenroom.serve.web import SiteServer
from greenroom.web.csrf import COOKIE
from tests.fakes.runner import FakeRunner
from tests.support.environment import Environment

START_SECONDS = 20


class Site:
    """A running web server, and clients for it."""

    def __init__(self, url: str, server: SiteServer) -> None:
        """Serve at `url`."""
        self.url = url
        self._server = server

    def stop(self) -> None:
        """End the web process, as a signal would."""
        self._server.handle_exit(signal.SIGTERM, None)

    def script(self, scope: Scope) -> httpx2.Client:
        """Return a client of the API with this person's token."""
        token = tokens.make_access_token(scope.user_id)
        return httpx2.Client(
            base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}
        )

    def browser(self, session: Session, scope: Scope) -> httpx2.Client:
        """Return a client that is signed in as this person and comes from the site's own pages."""
        cookie = accounts.sign_in(session, scope.user_id)
        session.commit()
        return httpx2.Client(
            base_url=self.url, cookies={COOKIE: cookie}, headers={"Sec-Fetch-Site": "same-origin"}
        )


@pytest.fixture
def runner(tmp_path: Path, environment: Environment) -> Iterator[FakeRunner]:
    """A runner agent that judges by script, which the settings point at."""
    url = f"unix://{tmp_path / 'r.sock'}"
    environment.set(runner_url=url)
    with FakeRunner(url) as fake:
        yield fake


@pytest.fixture
def worker(database: object, redis_url: str, runner: FakeRunner) -> FakeRunner:
    """What a worker needs: both stores, and the runner, which is given."""
    practice.listen()
    return runner


@pytest.fixture
def session(worker: FakeRunner) -> Iterator[Session]:
    """A session on the test's database, opened after the last setting was made."""
    with db.session_factory()() as opened:
        yield opened


@pytest.fixture
def site(worker: FakeRunner) -> Iterator[Site]:
    """A web server on a free port; nothing judges until a test says so."""
    with _serving() as running:
        yield running


@contextmanager
def _serving() -> Iterator[Site]:
    config = uvicorn.Config(create_app(), port=0, log_config=None, timeout_graceful_shutdown=2)
    server = SiteServer(config)
    thread = threading.Thread(target=server.run, name="site", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the web server did not start"
        assert time.monotonic() < deadline, "the web server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    running = Site(f"http://127.0.0.1:{port}", server)
    try:
        yield running
    finally:
        running.stop()
        thread.join(START_SECONDS)


@contextmanager
def judging(judgement_id: UUID) -> Iterator[None]:
    """Judge in a thread meanwhile, as a worker would; wait for its end."""
    thread = threading.Thread(target=tasks.judge, args=(str(judgement_id),), name="worker")
    thread.start()
    try:
        yield
    finally:
        thread.join(30)
        assert not thread.is_alive(), "the worker did not come to an end"
