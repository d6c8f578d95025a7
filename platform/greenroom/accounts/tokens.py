"""Access tokens: short-lived JSON Web Tokens. No other module knows the library behind them.

HS256 alone is accepted, an end is required, and `typ`, `iss` and `aud` must be ours, so that a
token made for something else is never taken for one of these.
"""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from jose import JWTError, jwt

from greenroom.core.clock import now
from greenroom.core.config import MIN_SECRET, settings
from greenroom.core.errors import ConfigurationError

ALGORITHM = "HS256"
ISSUER = "greenroom"
AUDIENCE = "greenroom-api"
KIND = "access"
LIFETIME = timedelta(minutes=15)


def make_access_token(user_id: UUID) -> str:
    """Return an access token for a person, good for `LIFETIME`."""
    made = now()
    claims = {
        "sub": str(user_id),
        "typ": KIND,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": made,
        "exp": made + LIFETIME,
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(claims, _secret(), algorithm=ALGORITHM)


def read_access_token(token: str) -> UUID | None:
    """Return the person of a good access token, None for any other text."""
    try:
        claims = jwt.decode(
            token,
            _secret(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "require_exp": True,
                "require_sub": True,
                "require_aud": True,
                "require_iss": True,
            },
        )
        return UUID(claims["sub"]) if claims.get("typ") == KIND else None
    except (JWTError, ValueError):
        return None


def _secret() -> str:
    given = settings().secret_key.get_secret_value()
    if given:
        return given
    return kept_secret(settings().data_dir / "secret.key")


@lru_cache
def kept_secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner may read, made at the first use."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            _write_new(path, secrets.token_urlsafe(48))
        kept = path.read_text(encoding="utf-8", errors="ignore").strip()
    except OSError as error:
        raise ConfigurationError(
            f"The secret key cannot be kept in {path}: {error.strerror}. "
            "Make the data folder writable, or set GREENROOM_SECRET_KEY."
        ) from None
    if len(kept) < MIN_SECRET:
        raise ConfigurationError(
            f"{path} does not hold a secret key. Remove the file; the next start makes a new one."
        )
    return kept


def _write_new(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all: two processes may start together."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
