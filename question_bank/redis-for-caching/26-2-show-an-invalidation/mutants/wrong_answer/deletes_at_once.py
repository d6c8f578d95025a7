# catches: commit_comes_first, rollback_forgets, other_sessions
import logging
import os

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy.orm import Session

cache = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.3,
    socket_connect_timeout=0.3,
    retry=Retry(NoBackoff(), 0),
)


def invalidate(session: Session, *keys: str) -> None:
    try:
        cache.unlink(*keys)
    except RedisError:
        logging.getLogger(__name__).exception("Still cached: %s", keys)
