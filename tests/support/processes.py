"""What a process keeps for its lifetime, and how a test makes it forget."""

from greenroom.accounts import passwords, throttle, tokens
from greenroom.core import db, queue, redis
from greenroom.core.config import settings


def forget() -> None:
    """Close connections and drop everything that was made from the settings."""
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    db.forget_engine()
    if redis.client.cache_info().currsize:
        redis.client().close()
    redis.forget_client()
    if queue.queue.cache_info().currsize:
        queue.queue().close()
    queue.forget_queue()
    tokens.kept_secret.cache_clear()
    throttle.forget_storages()
    passwords._hasher.cache_clear()
    passwords._nobody.cache_clear()
    settings.cache_clear()
