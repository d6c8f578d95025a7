"""How often a password may be tried: per address from one place, per address, and per place.

Counted in Redis, so that all web processes count together; while Redis is away each counts for
itself, which is better than not at all.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from greenroom.core.config import settings
from greenroom.core.errors import BusyError
from greenroom.core.redis import CONNECT_SECONDS, REDIS_ERRORS

T = TypeVar("T")
_log = structlog.get_logger(__name__)

ADDRESS_FROM_PLACE = parse("10 per 15 minutes")
ADDRESS = parse("50 per hour")
PLACE = parse("100 per 15 minutes")
_SPACE = "sign-in"


def count_try(email: str, place: str) -> None:
    """Count one try before the password is looked at; too many are a BusyError."""
    keys = _keys(email, place)
    _with_storage(lambda limiter: _count(limiter, keys))


def forget_tries(email: str, place: str) -> None:
    """Start again at nought for an address that has signed in from a place."""
    item, key = _keys(email, place)[0]
    _with_storage(lambda limiter: limiter.clear(item, _SPACE, key))


def _keys(email: str, place: str) -> tuple[tuple[RateLimitItem, str], ...]:
    address = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()
    return (
        (ADDRESS_FROM_PLACE, f"{address}/{place}"),
        (ADDRESS, address),
        (PLACE, place),
    )


def _count(limiter: MovingWindowRateLimiter, keys: Iterable[tuple[RateLimitItem, str]]) -> None:
    for item, key in keys:
        if not limiter.hit(item, _SPACE, key):
            reset = limiter.get_window_stats(item, _SPACE, key).reset_time
            seconds = max(1, math.ceil(reset - time.time()))
            raise BusyError(
                f"Too many tries to sign in. Wait {_spoken(seconds)} and try again.", seconds
            )


def _spoken(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _with_storage(action: Callable[[MovingWindowRateLimiter], T]) -> T:
    try:
        return action(_shared())
    except REDIS_ERRORS as error:
        _log.warning("tries are counted by this process alone", reason=str(error))
        return action(_own())


@lru_cache
def _shared() -> MovingWindowRateLimiter:
    url = settings().redis
    if url.startswith("unix://"):
        url = f"redis+{url}"
    storage = storage_from_string(
        url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
    )
    return MovingWindowRateLimiter(storage)


@lru_cache
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def forget_storages() -> None:
    """Drop what this process counts with, for tests."""
    _shared.cache_clear()
    _own.cache_clear()
