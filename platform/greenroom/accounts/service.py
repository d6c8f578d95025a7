"""People and the ways in which they prove who they are.

Nothing secret is stored: of tokens and cookies only a plain hash, which suffices because they are
long and random; of passwords an Argon2id hash.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from greenroom.accounts import queries, tokens
from greenroom.accounts.models import (
    MAX_NAME,
    ROLES,
    LoginSession,
    Membership,
    Organization,
    PersonalToken,
    RefreshToken,
    User,
)
from greenroom.accounts.passwords import hash_password, password_fits
from greenroom.accounts.scope import Scope
from greenroom.core.clock import now
from greenroom.core.errors import ConflictError, InvalidInputError, UnauthorizedError
from greenroom.core.ids import new_id

HOME = ("home", "Home")
LOCAL_EMAIL = "you@localhost"
LOCAL_NAME = "You"
PERSONAL_PREFIX = "grt_"
MAX_PERSONAL = 50
LOGIN_SECONDS = 30 * 24 * 3600
REFRESH_LIFETIME = timedelta(days=30)
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class TokenPair:
    """What a client gets for a password or a refresh token. `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def ensure_local_person(session: Session) -> Scope:
    """Return the one person of single-user mode, made at the first call."""
    person = queries.user_by_email(session, LOCAL_EMAIL) or _make_local_person(session)
    scope = queries.scope_of_user(session, person.id)
    if scope is None:
        raise UnauthorizedError(
            "The local person was made inactive. Activate them, or use multi-user mode."
        )
    return scope


def _make_local_person(session: Session) -> User:
    # Two first requests may come together: the one that loses finds what the other made.
    try:
        with session.begin_nested():
            person = User(email=LOCAL_EMAIL, name=LOCAL_NAME)
            session.add(person)
            session.flush()
            _join(session, person, "admin")
    except IntegrityError:
        found = queries.user_by_email(session, LOCAL_EMAIL)
        if found is None:
            raise
        return found
    return person


def add_user(session: Session, email: str, role: str, password: str, name: str = "") -> User:
    """Add a person with a password to the home organization."""
    address = normal_email(email)
    if role not in ROLES:
        raise InvalidInputError(
            f"There is no role “{role}”. Use one of: {', '.join(ROLES)}.", {"role": "Unknown role."}
        )
    if len(name) > MAX_NAME:
        raise InvalidInputError(
            f"The name is too long. Use at most {MAX_NAME} characters.", {"name": "Too long."}
        )
    if queries.user_by_email(session, address) is not None:
        raise ConflictError(f"There is somebody with the address {address} already.")
    person = User(
        email=address, name=name or address.partition("@")[0], password_hash=hash_password(password)
    )
    session.add(person)
    session.flush()
    _join(session, person, role)
    return person


def _join(session: Session, person: User, role: str) -> None:
    slug, name = HOME
    home = queries.organization_by_slug(session, slug)
    if home is None:
        home = Organization(slug=slug, name=name)
        session.add(home)
        session.flush()
    session.add(Membership(user_id=person.id, organization_id=home.id, role=role))
    session.flush()


def normal_email(email: str) -> str:
    """Return the one way in which an address is stored; one that cannot be is refused."""
    try:
        # An address inside a company's own network is as good as a public one: no look-up.
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInputError(
            f"“{email}” is not an e-mail address: {error}", {"email": str(error)}
        ) from None
    return checked.normalized.lower()


def authenticate(session: Session, email: str, password: str) -> Scope:
    """Return who has this address and password. Which of the two was wrong is not told."""
    address = email.strip().lower()
    # PostgreSQL cannot even be asked for a text with a NUL in it.
    person = None if "\x00" in address else queries.user_by_email(session, address)
    fits = password_fits(password, person.password_hash if person else None)
    scope = queries.scope_of_user(session, person.id) if person and fits else None
    if scope is None:
        raise UnauthorizedError("The address or the password is not right. Try again.")
    return scope


def sign_in(session: Session, user_id: UUID, user_agent: str = "") -> str:
    """Begin a browser's session and return the value of its cookie."""
    cookie = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            user_id=user_id,
            token_hash=_hash(cookie),
            user_agent=user_agent.replace("\x00", "")[:300],
            expires_at=now() + timedelta(seconds=LOGIN_SECONDS),
        )
    )
    session.flush()
    return cookie


def sign_out(session: Session, cookie: str) -> None:
    """End a browser's session; an unknown cookie is fine."""
    queries.revoke_login(session, _hash(cookie))


def scope_of_login(session: Session, cookie: str) -> Scope | None:
    """Return who a browser's cookie stands for."""
    user_id = queries.user_of_login(session, _hash(cookie))
    return queries.scope_of_user(session, user_id) if user_id else None


def issue_tokens(session: Session, user_id: UUID, family_id: UUID | None = None) -> TokenPair:
    """Return an access token and the refresh token for the next; without a family, in a new one."""
    refresh = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            user_id=user_id,
            family_id=family_id or new_id(),
            token_hash=_hash(refresh),
            expires_at=now() + REFRESH_LIFETIME,
        )
    )
    session.flush()
    return TokenPair(
        tokens.make_access_token(user_id), refresh, int(tokens.LIFETIME.total_seconds())
    )


def rotate_tokens(session: Session, refresh: str) -> TokenPair | None:
    """Trade a refresh token for a new pair, None when it is not good.

    One that was used before revokes its whole family: somebody has a copy. That must be stored
    although the caller is refused, so this returns None and does not raise.
    """
    token = queries.refresh_token(session, _hash(refresh))
    if token is None:
        return None
    is_first_use = queries.use_refresh_token(session, token.id)
    if is_first_use and queries.scope_of_user(session, token.user_id) is not None:
        return issue_tokens(session, token.user_id, token.family_id)
    queries.revoke_family(session, token.family_id)
    return None


def make_personal_token(
    session: Session, scope: Scope, name: str, days: int | None = None
) -> tuple[PersonalToken, str]:
    """Make a token for a script; its text is returned this once."""
    if len(queries.personal_tokens(session, scope)) >= MAX_PERSONAL:
        raise ConflictError(f"You have {MAX_PERSONAL} tokens already. Remove one first.")
    text = PERSONAL_PREFIX + secrets.token_urlsafe(32)
    token = PersonalToken(
        user_id=scope.user_id,
        name=name,
        token_hash=_hash(text),
        expires_at=now() + timedelta(days=days) if days else None,
    )
    session.add(token)
    session.flush()
    return token, text


def revoke_personal_token(session: Session, scope: Scope, token_id: UUID) -> None:
    """End one of a person's own tokens."""
    queries.own_personal_token(session, scope, token_id).revoked_at = now()


def scope_of_personal_token(session: Session, text: str) -> Scope | None:
    """Return who a personal token stands for, and note that it was used (at most once a minute)."""
    token = queries.personal_token(session, _hash(text))
    if token is None:
        return None
    if token.last_used_at is None or now() - token.last_used_at > USED_EVERY:
        token.last_used_at = now()
    return queries.scope_of_user(session, token.user_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
