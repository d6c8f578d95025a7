"""Following judgements from the event loop. One reader a process takes the live stream and hands
it to all who follow.

Whoever follows is registered first, then reads the history, then takes what is live; ids tell apart
what was seen. When the reader itself may have missed something, all who follow read the history
again. A follower that does not keep up is let go: it comes back with the last id it saw.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import cast
from uuid import UUID

import structlog
from redis.asyncio import Redis

from greenroom.core import background
from greenroom.core.redis import REDIS_ERRORS
from greenroom.judging.entries import START, Entry, order_of
from greenroom.judging.journal import LIVE, stream_key

HEARTBEAT_SECONDS = 15.0
BACKLOG = 256
_BLOCK_MS = 4000
_AGAIN_SECONDS = 0.5
_AT_ONCE = 32
_HEARTBEATS = 4
"""After so many silent heartbeats the database is asked whether the judgement is closed."""
_log = structlog.get_logger(__name__)

Closed = Callable[[], Awaitable[list[Entry] | None]]
"""Asks the database: all entries of a closed judgement, or None while it is open."""
_Row = tuple[str, Mapping[str, str]]


class _Follower:
    """Entries on their way to one connection. `stale`: the history has to be read again."""

    __slots__ = ("_entries", "_news", "ended", "seen", "stale")

    def __init__(self, after: str) -> None:
        self._entries: deque[Entry] = deque()
        self._news = asyncio.Event()
        self.ended = False
        self.stale = False
        self.seen = after

    def put(self, entry: Entry) -> None:
        if len(self._entries) >= BACKLOG:
            self.end()
        else:
            self._entries.append(entry)
            self._news.set()

    def missed(self) -> None:
        self.stale = True
        self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    def is_news(self, entry: Entry) -> bool:
        """Whether this connection has not had the entry yet; it has had it from now on."""
        if entry.order <= order_of(self.seen):
            return False
        self.seen = entry.id
        return True

    async def next(self, seconds: float) -> Entry | None:
        """Return the next entry; None when none came for `seconds`, or there is more to know."""
        if not (self._entries or self.ended or self.stale):
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
        for follower in self._all():
            follower.end()

    async def stop(self) -> None:
        """End every stream and the reader, and let go of Redis."""
        self.close()
        await background.end(self._reader)
        await self._redis.aclose()

    async def follow(
        self, judgement_id: UUID, after: str, closed: Closed
    ) -> AsyncIterator[Entry | None]:
        """Yield the entries behind `after` up to the verdict; None now and then in silence."""
        key, follower = str(judgement_id), _Follower(after)
        self._followers[key].add(follower)
        try:
            async for entry in self._entries(key, follower, closed):
                if entry is None:
                    yield None
                elif follower.is_news(entry):
                    yield entry
                    if entry.final:
                        return
        finally:
            self._followers[key].discard(follower)
            if not self._followers[key]:
                del self._followers[key]

    async def _entries(
        self, key: str, follower: _Follower, closed: Closed
    ) -> AsyncIterator[Entry | None]:
        while not (follower.ended or self._closing):
            for entry in await self._written(key, follower):
                yield entry
            if (recorded := await closed()) is not None:
                for entry in recorded:
                    yield entry
                return
            async for live in self._live(follower):
                yield live

    async def _live(self, follower: _Follower) -> AsyncIterator[Entry | None]:
        """Yield what comes, until it is time to look at the history and the database again."""
        silent = 0
        while silent < _HEARTBEATS and not (follower.ended or follower.stale):
            entry = await follower.next(self._heartbeat)
            silent = 0 if entry else silent + 1
            yield entry

    async def _written(self, key: str, follower: _Follower) -> list[Entry]:
        follower.stale = False
        async with self._history:
            try:
                rows = await self._redis.xrange(stream_key(key), min=f"({follower.seen}")
            except REDIS_ERRORS as error:
                _log.warning("history not read", judgement=key, reason=str(error))
                # Within the semaphore: while Redis is away, the database is not stormed either.
                await asyncio.sleep(_AGAIN_SECONDS)
                follower.missed()
                return []
        return [_entry(entry_id, fields) for entry_id, fields in cast("list[_Row]", rows)]

    async def _read(self) -> None:
        while True:
            try:
                answer = await self._redis.xread(
                    {LIVE: self._position}, count=BACKLOG // 2, block=_BLOCK_MS
                )
            except REDIS_ERRORS as error:
                _log.warning("live stream not read", reason=str(error))
                await self._begin_again()
                continue
            for _stream, rows in cast("list[tuple[str, list[_Row]]]", answer):
                self._hand_out(rows)

    async def _begin_again(self) -> None:
        """Wait until Redis answers, and let everyone look for what was missed meanwhile.

        A Redis that comes back empty may count its ids from anew.
        """
        self._position = START
        while True:
            try:
                await self._redis.exists(LIVE)
                break
            except REDIS_ERRORS:
                await asyncio.sleep(_AGAIN_SECONDS)
        for follower in self._all():
            follower.missed()

    def _hand_out(self, rows: Iterable[_Row]) -> None:
        for position, fields in rows:
            self._position = position
            followers = self._followers.get(fields["j"])
            if followers:
                entry = _entry(fields["i"], fields)
                for follower in followers:
                    follower.put(entry)

    def _all(self) -> list[_Follower]:
        return [follower for followers in self._followers.values() for follower in followers]


def _entry(entry_id: str, fields: Mapping[str, str]) -> Entry:
    return Entry(entry_id, json.loads(fields["e"]))
