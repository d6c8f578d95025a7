# catches: redis_may_be_away
import os

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import event
from sqlalchemy.orm import Session

cache = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.3,
    socket_connect_timeout=0.3,
    retry=Retry(NoBackoff(), 0),
)


def invalidate(session: Session, *keys: str) -> None:
    session.info.setdefault("stale", set()).update(keys)


@event.listens_for(Session, "after_commit")
def drop(session: Session) -> None:
    if keys := session.info.pop("stale", None):
        cache.unlink(*keys)


@event.listens_for(Session, "after_rollback")
def keep(session: Session) -> None:
    session.info.pop("stale", None)
