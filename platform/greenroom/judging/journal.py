"""Writing a judgement's stream, and reading what it holds so far, from threads.

Every entry goes to the judgement's own stream, from which clients resume, and to one live stream,
which the web processes follow. One script does both, so that neither is ever ahead.

A lost Redis is logged and never raised: what could not be told is told with the next entry, and
when the stream itself was lost, all of it is told again. The ids tell followers what they know.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import structlog

from greenroom.core.redis import REDIS_ERRORS, client
from greenroom.judging.entries import FINAL, Entry, entries_of, order_of
from greenroom.judging.models import Judgement

LIVE = "greenroom:live"
KEEP_SECONDS = 3600
QUIET_SECONDS = 1.0
"""For so long a worker leaves a Redis alone that did not answer, and goes on judging."""
_LIVE_LENGTH = 2000
_OWN_LENGTH = 5000
_LOST = -1
_ADD = f"""
if ARGV[4] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then return {_LOST} end
local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', {_OWN_LENGTH}, ARGV[1], 'e', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller') then return 0 end
  return added
end
redis.call('EXPIRE', KEYS[1], {KEEP_SECONDS})
redis.call('XADD', KEYS[2], 'MAXLEN', '~', {_LIVE_LENGTH}, '*',
  'j', ARGV[3], 'i', ARGV[1], 'e', ARGV[2])
return 1
"""
_log = structlog.get_logger(__name__)


def stream_key(judgement_id: UUID | str) -> str:
    """Return the name of a judgement's stream."""
    return f"greenroom:judgement:{judgement_id}"


class Journal:
    """What one worker tells of one judgement."""

    def __init__(self, judgement_id: UUID) -> None:
        """Begin to tell; the stream may hold what an earlier try told."""
        self._judgement_id = judgement_id
        self._entries: list[Entry] = []
        self._told = 0
        self._quiet_until = 0.0

    def add(self, entry: Entry) -> None:
        """Tell `entry`, behind everything that is still untold."""
        self._entries.append(entry)
        if time.monotonic() >= self._quiet_until:
            self._tell()

    def _tell(self) -> None:
        while self._told < len(self._entries):
            answer = _append(self._judgement_id, self._entries[self._told], self._told > 0)
            if answer is None:
                self._quiet_until = time.monotonic() + QUIET_SECONDS
                return
            self._told = 0 if answer == _LOST else self._told + 1


def retell(judgement: Judgement) -> None:
    """Tell what is missing in the stream of a closed judgement. Needs `checks` loaded."""
    for entry in entries_of(judgement):
        _append(judgement.id, entry, follows=False)


def tell(judgement_id: UUID, entry: Entry) -> None:
    """Tell one entry of a judgement that no worker has; told again, it changes nothing."""
    _append(judgement_id, entry, follows=False)


def untold(judgement_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return those of the closed judgements whose stream lacks its end; none when Redis is away."""
    newest = _kept(lambda: _newest_ids(judgement_ids)) or []
    return [
        judgement_id
        for judgement_id, rows in zip(judgement_ids, newest, strict=False)
        if not rows or order_of(rows[0][0])[1] != FINAL
    ]


def _newest_ids(judgement_ids: Sequence[UUID]) -> list[Any]:
    asked = client().pipeline(transaction=False)
    for judgement_id in judgement_ids:
        asked.xrevrange(stream_key(judgement_id), count=1)
    return asked.execute()


def held(judgement_id: UUID) -> list[Entry]:
    """Return the entries that the stream holds now; none when it expired or Redis is away."""
    rows = _kept(lambda: client().xrange(stream_key(judgement_id))) or []
    return [Entry(entry_id, json.loads(fields["e"])) for entry_id, fields in rows]


def wake_key(judgement_id: UUID) -> str:
    """Return the name of the list on which a judgement's worker listens."""
    return f"greenroom:wake:{judgement_id}"


def wake(judgement_id: UUID) -> None:
    """Tell the worker of a judgement to look at once whether its lease still holds."""
    _kept(lambda: _push(wake_key(judgement_id)))


def _push(key: str) -> None:
    pushed = client().pipeline(transaction=False)
    pushed.lpush(key, "1")
    pushed.expire(key, 60)
    pushed.execute()


def await_wake(judgement_id: UUID, seconds: float) -> None:
    """Wait until somebody calls `wake`, at most `seconds`. Raises what Redis raises when it is
    away.
    """
    client().blpop([wake_key(judgement_id)], timeout=seconds)


def may_send(judgement_id: UUID, seconds: int) -> bool:
    """Whether a message may go out again: at most one in `seconds`, forgotten with the queue."""
    key = f"greenroom:sent:{judgement_id}"
    return bool(_kept(lambda: client().set(key, "1", nx=True, ex=seconds)))


def _append(judgement_id: UUID, entry: Entry, follows: bool) -> int | None:
    """Append an entry; `follows` says that the stream must be there. None when Redis is away."""
    keys = [stream_key(judgement_id), LIVE]
    arguments = [entry.id, entry.text(), str(judgement_id), "1" if follows else "0"]
    answer: int | None = _kept(lambda: client().eval(_ADD, len(keys), *keys, *arguments))
    return answer


def _kept(action: Callable[[], Any]) -> Any:  # noqa: ANN401 whatever Redis answered
    try:
        return action()
    except REDIS_ERRORS as error:
        _log.warning("redis is away", reason=str(error))
        return None
