"""Clients of Redis (or Valkey): one for threads, one for the event loop, and the URL in the queue's
own spelling.
"""

from functools import lru_cache
from urllib.parse import urlsplit

import redis
import redis.asyncio

from greenroom.core.config import settings
from greenroom.core.errors import ConfigurationError

CONNECT_SECONDS = 2
REPLY_SECONDS = 10

REDIS_ERRORS = (redis.RedisError, OSError)
"""What a client raises when Redis is away, restarting or full."""


@lru_cache
def client() -> redis.Redis:
    """Return the process' client for threads; it is safe to share between them."""
    return redis.Redis.from_url(
        settings().redis,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=REPLY_SECONDS,
    )


def require_answer() -> None:
    """Raise a ConfigurationError that says what to do unless Redis takes commands."""
    try:
        client().ping()
    except REDIS_ERRORS as error:
        reason = " ".join(str(error).split()).rstrip(".")  # it names host and port, no password
        raise ConfigurationError(
            f"The queue does not answer: {reason}. Start Redis or Valkey, or check "
            "GREENROOM_REDIS_URL."
        ) from None
    finally:
        client().close()


def async_client() -> redis.asyncio.Redis:
    """Return a new client for the running event loop; whoever asks for it closes it."""
    return redis.asyncio.Redis.from_url(
        settings().redis,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=REPLY_SECONDS,
    )


def broker_url(url: str) -> str:
    """Return the URL as Celery spells it: a unix socket there has a scheme of its own."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"redis+socket://{parts.path}{query}"


def forget_client() -> None:
    """Drop the process' client, for a worker that has just forked and for tests."""
    client.cache_clear()
