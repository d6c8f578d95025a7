"""The pages in a real Chromium, over a real `greenroom serve` with its own data folder.

One site serves all tests of a run, so each test takes a question of its own. Whatever a test does,
no request may leave this machine and no script may fail.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.browser.screen import CodeScreen
from tests.support.waiting import until

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = os.environ.get("GREENROOM_TEST_SCREENSHOTS")
# What a browser writes by itself about an answer that a test asked for.
EXPECTED = "Failed to load resource"


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of this run's own, ready to judge in containers."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    log = folder / "serve.log"
    with log.open("wb") as sink:
        serve = subprocess.Popen(
            [sys.executable, "-m", "greenroom.cli", "serve", "--port", str(port)],
            env=environment(folder / "data"),
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: serve.poll() is not None or is_ready(url), 120, lambda: tail(log))
        assert serve.poll() is None, tail(log)
        yield url
    finally:
        serve.send_signal(signal.SIGTERM)
        serve.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path) -> dict[str, str]:
    """Return this process' environment without anybody's settings of the site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    return kept | {"GREENROOM_DATA_DIR": str(data_dir), "GREENROOM_SANDBOX": "docker"}


def is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=5).is_success
    except httpx2.HTTPError:
        return False


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Drive the machine's own Chromium: Playwright's cannot be fetched everywhere."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert program, "There is no Chromium. Run tests/machine/browser, then start again."
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {"executable_path": program, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Pages as on a laptop, in a time zone that is not the server's."""
    size = {"width": 1440, "height": 900}
    return browser_context_args | {"viewport": size, "timezone_id": "Asia/Tokyo", "locale": "en-GB"}


class Watch:
    """What the pages of a context asked for, and what went wrong in them."""

    def __init__(self, context: BrowserContext) -> None:
        """Listen from now on."""
        self.asked: list[str] = []
        self.faults: list[str] = []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and EXPECTED not in message.text:
            self.faults.append(message.text)

    def foreign(self, base_url: str) -> list[str]:
        """Return the addresses asked for that are not this site's."""
        own = (base_url, "data:", "blob:", "about:")
        return [url for url in self.asked if not url.startswith(own)]


@pytest.fixture(autouse=True)
def watched(context: BrowserContext, base_url: str) -> Iterator[Watch]:
    """No request leaves the site, and no script fails."""
    watch = Watch(context)
    yield watch
    assert not watch.foreign(base_url)
    assert not watch.faults


@pytest.fixture
def screen(page: Page) -> CodeScreen:
    """The code question's screen."""
    return CodeScreen(page)


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Save a screenshot where GREENROOM_TEST_SCREENSHOTS says so; elsewhere do nothing."""

    def save(page: Page, name: str) -> None:
        if SCREENSHOTS:
            folder = Path(SCREENSHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    return save
