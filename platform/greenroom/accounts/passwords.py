"""Passwords: Argon2id hashes. A check takes the same time whether or not the address is known."""

from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from greenroom.core.config import settings
from greenroom.core.errors import InvalidInputError

MIN_LENGTH = 10
MAX_LENGTH = 1_000


def hash_password(password: str) -> str:
    """Return the hash of a new password; one that is too short or too long is refused."""
    if len(password) < MIN_LENGTH:
        raise InvalidInputError(
            f"The password is too short. Use at least {MIN_LENGTH} characters.",
            {"password": f"Use at least {MIN_LENGTH} characters."},
        )
    if len(password) > MAX_LENGTH:
        raise InvalidInputError(
            f"The password is too long. Use at most {MAX_LENGTH} characters.",
            {"password": f"Use at most {MAX_LENGTH} characters."},
        )
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the hash; without a hash the same work is done for a no."""
    given = password[:MAX_LENGTH]
    if stored is None:
        _hasher().verify(given, _nobody())
        return False
    return _hasher().verify(given, stored) and len(password) <= MAX_LENGTH


@lru_cache
def _hasher() -> PasswordHash:
    if settings().weak_password_hashes:
        return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    return PasswordHash((Argon2Hasher(),))


@lru_cache
def _nobody() -> str:
    return _hasher().hash("the password of nobody")
