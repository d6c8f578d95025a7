"""How the site itself is: /healthz and /readyz for monitors, notices on every page for people."""

import asyncio
import time
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from greenroom.core import background, pulse
from greenroom.core.db import engine
from greenroom.core.pulse import Pulse
from greenroom.core.redis import REDIS_ERRORS, client
from greenroom.web import pages
from greenroom.web.pages import Notice

router = APIRouter(include_in_schema=False)

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 15.0
"""So long after the start nobody is told that a worker is missing: it may still be on its way."""


class SystemWatch:
    """Looks at the pulse in the background, so that no page ever waits for it."""

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        """Use `redis`, and let go of it at the end."""
        self._redis = redis
        self._clock = clock
        self._begun = clock()
        self._task: asyncio.Task[None] | None = None
        self.queue_answers = True
        self.pulse: Pulse | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look_again_and_again(), name="system watch")

    async def stop(self) -> None:
        """End."""
        await background.end(self._task)
        await self._redis.aclose()

    async def look(self) -> None:
        """Look once."""
        try:
            self.pulse = pulse.parse(await self._redis.get(pulse.KEY))
            self.queue_answers = True
        except REDIS_ERRORS:
            self.pulse, self.queue_answers = None, False

    def notices(self) -> tuple[Notice, ...]:
        """Return what every page should say now."""
        if not self.queue_answers:
            return (_QUEUE_AWAY,)
        if self.pulse is None:
            new = self._clock() - self._begun < PATIENCE_SECONDS
            return () if new else (_NO_WORKER,)
        return notices_of(self.pulse)

    async def _look_again_and_again(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)


_QUEUE_AWAY = Notice(
    "trouble",
    "The queue does not answer. What you hand in is kept, and judged once it is back.",
)
_NO_WORKER = Notice(
    "trouble",
    "No worker is running. What you hand in is kept, and judged once one is back.",
)
_ABOUT = "/about/judging"


def notices_of(now: Pulse) -> tuple[Notice, ...]:
    """Return the notices that the sandbox' state asks for."""
    match now.state:
        case "building":
            sentence = (
                "The sandbox is being built, this once. Answers that you hand in wait for it."
            )
            return (Notice("waiting", sentence, percent=now.percent),)
        case "away" | "failed":
            sentence = f"Answers cannot be judged now. {now.message}"
            return (Notice("trouble", sentence, href=_ABOUT, action="How judging works"),)
        case "ready" if now.engine == "local":
            sentence = "Answers run as local processes, not in containers. Run only code you trust."
            return (Notice("plain", sentence, href=_ABOUT, action="What that means"),)
        case _:
            return ()


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Say that this process answers."""
    return JSONResponse({"status": "ok"}, headers=_FRESH)


@router.get("/readyz")
def readyz() -> JSONResponse:
    """Say of each part whether it does its work: 200 when all do, else 503."""
    parts = {"database": _database()} | _workers()
    ready = all(state == "ok" for state in parts.values())
    body = {"status": "ready" if ready else "not ready", "parts": parts}
    return JSONResponse(body, 200 if ready else 503, headers=_FRESH)


_FRESH = {"Cache-Control": "no-store"}


def _database() -> str:
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1 FROM questions LIMIT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return "ok"


def _workers() -> dict[str, str]:
    try:
        said = client().get(pulse.KEY)
    except REDIS_ERRORS:
        return {"redis": "does not answer", "worker": "unknown", "sandbox": "unknown"}
    now = pulse.parse(str(said) if said else None)
    if now is None:
        return {"redis": "ok", "worker": "none has spoken lately", "sandbox": "unknown"}
    sandbox = "ok" if now.state == "ready" else f"{now.state}: {now.message}".rstrip(": ")
    return {"redis": "ok", "worker": "ok", "sandbox": sandbox}


@router.get("/system/status")
def status(request: Request) -> Response:
    """Return the notices alone, for pages that wait for something."""
    return pages.fragment(request, "components/notices.html", None)
