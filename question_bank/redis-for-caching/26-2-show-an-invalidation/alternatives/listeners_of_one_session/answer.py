import os
from contextlib import suppress
from weakref import WeakKeyDictionary

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import event
from sqlalchemy.orm import Session

cache = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.3,
    socket_connect_timeout=0.3,
    retry=Retry(NoBackoff(), 0),
)


stale: WeakKeyDictionary[Session, list[str]] = WeakKeyDictionary()


def delete_keys(session: Session) -> None:
    keys, stale[session] = stale[session], []
    with suppress(RedisError), cache.pipeline() as pipe:
        for key in keys:
            pipe.delete(key)
        pipe.execute()


def forget_keys(session: Session) -> None:
    stale[session] = []


def invalidate(session: Session, *keys: str) -> None:
    if session not in stale:
        stale[session] = []
        event.listen(session, "after_commit", delete_keys)
        event.listen(session, "after_rollback", forget_keys)
    stale[session] += keys
