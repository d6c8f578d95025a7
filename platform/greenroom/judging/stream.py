"""Following judgements from the event loop. One reader a process takes the live stream and hands it to all who follow.

Whoever follows is registered first, then reads the history, then takes what is live; ids tell apart what was seen.
A follower that does not keep up is let go: it comes back with the last id it saw.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import structlog
from redis.asyncio import Redis

from greenroom.core.redis import REDIS_ERRORS
from greenroom.judging.entries import START, Entry, order_of
from greenroom.judging.journal import LIVE, stream_key

HEARTBEAT_SECONDS = 15.0
BACKLOG = 256
_BLOCK_MS = 4000
_AT_ONCE = 32
_log = structlog.get_logger(__name__)

Closed = Callable[[], Awaitable[list[Entry] | None]]
"""Asks the database: all entries of a closed judgement, or None while it is open."""


class _Follower:
    """Entries on their way to one connection."""

    __slots__ = ("_entries", "_news", "ended")

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._news = asyncio.Event()
        self.ended = False

    def put(self, entry: Entry) -> None:
        if len(self._entries) >= BACKLOG:
            self.end()
        else:
            self._entries.append(entry)
            self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    async def next(self, seconds: float) -> Entry | None:
        """Return the next entry, or None when there was none for `seconds` or it is over."""
        if not self._entries and not self.ended:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        return self._entries.popleft() if self._entries and not self.ended else None


class StreamHub:
    """The one reader of this process and all who follow by it."""

    def __init__(self, redis: Redis, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        """Use `redis`; after `heartbeat` seconds of silence a follower is given None."""
        self._redis = redis
        self._heartbeat = heartbeat
        self._followers: dict[str, set[_Follower]] = defaultdict(set)
        self._position = START
        self._history = asyncio.Semaphore(_AT_ONCE)
        self._reader: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def followers(self) -> int:
        """How many connections follow now."""
        return sum(map(len, self._followers.values()))

    def start(self) -> None:
        """Begin to read; Redis may still be on its way."""
        self._reader = asyncio.create_task(self._read(), name="judgement streams")

    def close(self) -> None:
        """End every stream at once. To be called in the event loop's thread."""
        self._closing = True
        self._let_go()

    async def stop(self) -> None:
        """End every stream and the reader, and let go of Redis."""
        self.close()
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        await self._redis.aclose()

    async def follow(
        self, judgement_id: UUID, after: str, closed: Closed
    ) -> AsyncIterator[Entry | None]:
        """Yield the entries behind `after` up to the verdict; None now and then while nothing happens."""
        key, follower = str(judgement_id), _Follower()
        self._followers[key].add(follower)
        seen = order_of(after)
        try:
            async for entry in self._all(key, after, follower, closed):
                if entry is None:
                    yield None
                elif entry.order > seen:
                    seen = entry.order
                    yield entry
                    if entry.final:
                        return
        finally:
            self._followers[key].discard(follower)
            if not self._followers[key]:
                del self._followers[key]

    async def _all(
        self, key: str, after: str, follower: _Follower, closed: Closed
    ) -> AsyncIterator[Entry | None]:
        for entry in await self._written(key, after):
            yield entry
        while not (follower.ended or self._closing):
            if (recorded := await closed()) is not None:
                for entry in recorded:
                    yield entry
                return
            async for live in self._live(follower):
                yield live

    async def _live(self, follower: _Follower) -> AsyncIterator[Entry | None]:
        """Yield what comes, until it is time to ask the database again."""
        silent = 0
        while silent < 2 and not (follower.ended or self._closing):
            entry = await follower.next(self._heartbeat)
            silent = 0 if entry else silent + 1
            if not follower.ended:
                yield entry

    async def _written(self, key: str, after: str) -> list[Entry]:
        async with self._history:
            try:
                rows = await self._redis.xrange(stream_key(key), min=f"({after}")
            except REDIS_ERRORS as error:
                _log.warning("history not read", judgement=key, reason=str(error))
                return []
        return [Entry(entry_id, json.loads(fields["e"])) for entry_id, fields in rows]

    async def _read(self) -> None:
        while True:
            try:
                rows = await self._redis.xread({LIVE: self._position}, count=500, block=_BLOCK_MS)
            except REDIS_ERRORS as error:
                _log.warning("live stream not read", reason=str(error))
                self._let_go()
                await asyncio.sleep(0.5)
                continue
            for _stream, entries in rows:
                self._hand_out(entries)

    def _hand_out(self, rows: list[tuple[str, dict[str, str]]]) -> None:
        for position, fields in rows:
            self._position = position
            followers = self._followers.get(fields["j"])
            if followers:
                entry = Entry(fields["i"], json.loads(fields["e"]))
                for follower in tuple(followers):
                    follower.put(entry)

    def _let_go(self) -> None:
        for followers in tuple(self._followers.values()):
            for follower in tuple(followers):
                follower.end()

