"""Signing in by script: tokens for a password, new ones for old ones, and tokens that one keeps."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from greenroom.accounts import queries, service
from greenroom.accounts.guard import ApiScope, bearer_token
from greenroom.accounts.models import PersonalToken
from greenroom.accounts.passwords import MAX_LENGTH
from greenroom.accounts.throttle import count_try, forget_tries
from greenroom.core.errors import ForbiddenError, UnauthorizedError
from greenroom.web.db import DbSession
from greenroom.web.paging import Listing
from greenroom.web.problems import answer_fault

router = APIRouter(tags=["accounts"])

Email = Annotated[str, StringConstraints(min_length=1, max_length=254)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LENGTH)]
TokenName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$"),
]


class Login(BaseModel):
    """An address and its password."""

    email: Email
    password: Password


class Refresh(BaseModel):
    """A refresh token that was not used yet."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Tokens(BaseModel):
    """What to send as “Authorization: Bearer ...”, and what to get the next with.

    `expires_in` is in seconds.
    """

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 a kind, not a secret
    expires_in: int


class Me(BaseModel):
    """Who one is here."""

    id: UUID
    email: str
    name: str
    role: str
    organization: str


class TokenWanted(BaseModel):
    """A token for a script. Without `days` it holds until it is removed."""

    name: TokenName
    days: Annotated[int, Field(ge=1, le=3650, strict=True)] | None = None


class TokenOut(BaseModel):
    """A personal token, without its text."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenOut):
    """A new personal token. `token` is told this once."""

    token: str


@router.post("/auth/token")
def token(request: Request, session: DbSession, login: Login) -> Tokens:
    """Get tokens for an address and its password."""
    place = request.client.host if request.client else ""
    count_try(login.email, place)
    scope = service.authenticate(session, login.email, login.password)
    forget_tries(login.email, place)
    return _tokens(service.issue_tokens(session, scope.user_id))


@router.post("/auth/refresh", response_model=Tokens)
def refresh(request: Request, session: DbSession, sent: Refresh) -> Tokens | Response:
    """Trade a refresh token for new tokens. It is good once; the new one replaces it.

    One that comes a second time ends all tokens that came of the same password.
    """
    pair = service.rotate_tokens(session, sent.refresh_token)
    if pair is None:
        # Not raised: that a family was ended must be stored.
        return answer_fault(
            request,
            UnauthorizedError(
                "This refresh token is not good, or no longer. "
                "Get new tokens at /api/v1/auth/token."
            ),
        )
    return _tokens(pair)


@router.get("/me")
def me(session: DbSession, scope: ApiScope) -> Me:
    """See who the token stands for."""
    user, organization = queries.person(session, scope)
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        role=scope.role,
        organization=organization.slug,
    )


@router.get("/me/tokens")
def personal_tokens(session: DbSession, scope: ApiScope) -> Listing[TokenOut]:
    """List one's own tokens for scripts, the newest first; there are never more than a page."""
    items = [_shown(found) for found in queries.personal_tokens(session, scope)]
    return Listing(items=items, total=len(items), next=None)


@router.post("/me/tokens", status_code=201)
def make_personal_token(
    request: Request, session: DbSession, scope: ApiScope, wanted: TokenWanted
) -> TokenMade:
    """Make a token for a script. A script with such a token cannot make more of them."""
    if (bearer_token(request) or "").startswith(service.PERSONAL_PREFIX):
        raise ForbiddenError("A personal token cannot make others. Sign in with the password.")
    made, text = service.make_personal_token(session, scope, wanted.name, wanted.days)
    return TokenMade(token=text, **_shown(made).model_dump())


@router.delete("/me/tokens/{token_id}", status_code=204)
def remove_personal_token(session: DbSession, scope: ApiScope, token_id: UUID) -> None:
    """End one of one's own tokens."""
    service.revoke_personal_token(session, scope, token_id)


def _tokens(pair: service.TokenPair) -> Tokens:
    return Tokens(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        expires_in=pair.expires_in,
    )


def _shown(found: PersonalToken) -> TokenOut:
    return TokenOut(
        id=found.id,
        name=found.name,
        created_at=found.created_at,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
    )
