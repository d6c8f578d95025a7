import os

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.orm import Session

cache = Redis.from_url(
    os.environ["REDIS_URL"],
    socket_timeout=0.3,
    socket_connect_timeout=0.3,
    retry=Retry(NoBackoff(), 0),
)


def invalidate(session: Session, *keys: str) -> None:
    """Have these keys taken out of Redis once the session's transaction is committed."""
    raise NotImplementedError
