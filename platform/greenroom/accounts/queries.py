"""Finding people, their memberships and what they prove themselves with."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from greenroom.accounts.models import (
    LoginSession,
    Membership,
    Organization,
    PersonalToken,
    RefreshToken,
    User,
)
from greenroom.accounts.scope import Scope
from greenroom.core.clock import now
from greenroom.core.errors import NotFoundError


def user_by_email(session: Session, email: str) -> User | None:
    """Return the person with this normalised address."""
    return session.scalar(select(User).where(User.email == email))


def organization_by_slug(session: Session, slug: str) -> Organization | None:
    """Return an organization by its address."""
    return session.scalar(select(Organization).where(Organization.slug == slug))


def scope_of_user(session: Session, user_id: UUID) -> Scope | None:
    """Return what an active person may act as: the organization they joined first."""
    membership = session.scalar(
        select(Membership)
        .join(Membership.user)
        .where(Membership.user_id == user_id, User.is_active)
        .order_by(Membership.created_at, Membership.organization_id)
        .limit(1)
        .options(joinedload(Membership.user))
    )
    if membership is None:
        return None
    return Scope(user_id, membership.organization_id, membership.role, membership.user.name)


def person(session: Session, scope: Scope) -> tuple[User, Organization]:
    """Return the person of a scope and the organization they act in."""
    row = session.execute(
        select(User, Organization)
        .join(Membership, Membership.user_id == User.id)
        .join(Membership.organization)
        .where(User.id == scope.user_id, Organization.id == scope.organization_id)
    ).one()
    return row[0], row[1]


def user_of_login(session: Session, token_hash: str) -> UUID | None:
    """Return who the browser with this cookie is, if its session still holds."""
    return session.scalar(
        select(LoginSession.user_id).where(
            LoginSession.token_hash == token_hash,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now(),
        )
    )


def refresh_token(session: Session, token_hash: str) -> RefreshToken | None:
    """Return a refresh token, good or not."""
    return session.scalar(select(RefreshToken).where(RefreshToken.token_hash == token_hash))


def use_refresh_token(session: Session, token_id: UUID) -> bool:
    """Mark a token as used; of two who try at once only one gets True."""
    used = session.execute(
        update(RefreshToken)
        .where(
            RefreshToken.id == token_id,
            RefreshToken.used_at.is_(None),
            RefreshToken.revoked_at.is_(None),
            RefreshToken.expires_at > now(),
        )
        .values(used_at=now())
        .returning(RefreshToken.id)
    ).first()
    return used is not None


def revoke_family(session: Session, family_id: UUID) -> None:
    """End every token of a family."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def revoke_login(session: Session, token_hash: str) -> None:
    """End a browser's session."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == token_hash, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def personal_token(session: Session, token_hash: str) -> PersonalToken | None:
    """Return a personal token that still holds."""
    return session.scalar(
        select(PersonalToken).where(
            PersonalToken.token_hash == token_hash,
            PersonalToken.revoked_at.is_(None),
            PersonalToken.expires_at.is_(None) | (PersonalToken.expires_at > now()),
        )
    )


def personal_tokens(session: Session, scope: Scope) -> Sequence[PersonalToken]:
    """Return a person's tokens that were not revoked, the newest first."""
    return session.scalars(
        select(PersonalToken)
        .where(PersonalToken.user_id == scope.user_id, PersonalToken.revoked_at.is_(None))
        .order_by(PersonalToken.created_at.desc(), PersonalToken.id)
    ).all()


def own_personal_token(session: Session, scope: Scope, token_id: UUID) -> PersonalToken:
    """Return one of a person's own tokens."""
    found = session.scalar(
        select(PersonalToken).where(
            PersonalToken.id == token_id,
            PersonalToken.user_id == scope.user_id,
            PersonalToken.revoked_at.is_(None),
        )
    )
    if found is None:
        raise NotFoundError("You have no such token. It may have been removed already.")
    return found
