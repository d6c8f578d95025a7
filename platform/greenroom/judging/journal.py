"""Writing a judgement's stream, and reading what it holds so far, from threads.

Every entry goes to the judgement's own stream, from which clients resume, and to one live stream, which the web
processes follow. One script does both, so that neither is ever ahead.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog

from greenroom.core.redis import REDIS_ERRORS, client
from greenroom.judging.entries import Entry, final_entry
from greenroom.judging.models import Judgement

LIVE = "greenroom:live"
KEEP_SECONDS = 3600
_LIVE_LENGTH = 2000
_OWN_LENGTH = 5000
_ADD = f"""
local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', {_OWN_LENGTH}, ARGV[1], 'e', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller') then return 0 end
  return added
end
redis.call('EXPIRE', KEYS[1], {KEEP_SECONDS})
redis.call('XADD', KEYS[2], 'MAXLEN', '~', {_LIVE_LENGTH}, '*', 'j', ARGV[3], 'i', ARGV[1], 'e', ARGV[2])
return 1
"""
_log = structlog.get_logger(__name__)


def stream_key(judgement_id: UUID | str) -> str:
    """Return the name of a judgement's stream."""
    return f"greenroom:judgement:{judgement_id}"


def append(judgement_id: UUID, entry: Entry) -> bool:
    """Append an entry; False when it, or a later one, is there already. A lost Redis is logged, never raised."""
    keys = [stream_key(judgement_id), LIVE]
    arguments = [entry.id, entry.text(), str(judgement_id)]
    return bool(_kept(lambda: client().eval(_ADD, len(keys), *keys, *arguments)))


def close(judgement: Judgement) -> bool:
    """Append the last entry of a closed judgement. Needs `checks` loaded."""
    return append(judgement.id, final_entry(judgement))


def held(judgement_id: UUID) -> list[Entry]:
    """Return the entries that the stream holds now; none when it expired or Redis is away."""
    rows = _kept(lambda: client().xrange(stream_key(judgement_id))) or []
    return [Entry(entry_id, json.loads(fields["e"])) for entry_id, fields in rows]


def wake_key(judgement_id: UUID) -> str:
    """Return the name of the list on which a judgement's worker listens."""
    return f"greenroom:wake:{judgement_id}"


def wake(judgement_id: UUID) -> None:
    """Tell the worker of a judgement to look at once whether its lease still holds."""
    key = wake_key(judgement_id)
    _kept(lambda: client().pipeline().lpush(key, "1").expire(key, 60).execute())


def await_wake(judgement_id: UUID, seconds: float) -> None:
    """Wait until somebody calls `wake`, at most `seconds`. Raises what Redis raises when it is away."""
    client().blpop([wake_key(judgement_id)], timeout=seconds)


def may_send(judgement_id: UUID, seconds: int) -> bool:
    """Whether a message may be sent again now: at most one in `seconds`, forgotten together with the queue."""
    return bool(
        _kept(lambda: client().set(f"greenroom:sent:{judgement_id}", "1", nx=True, ex=seconds))
    )


def _kept(action: Callable[[], Any]) -> Any:  # noqa: ANN401 whatever Redis answered
    try:
        return action()
    except REDIS_ERRORS as error:
        _log.warning("redis is away", reason=str(error))
        return None
