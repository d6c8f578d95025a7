"""People and organizations. A plain function adds, flushes and returns a row."""

import itertools

from sqlalchemy.orm import Session

from greenroom.accounts.models import Membership, Organization, User
from greenroom.accounts.passwords import hash_password
from greenroom.accounts.scope import Scope

_numbers = itertools.count(1)
PASSWORD = "correct horse battery"


def organization(session: Session, slug: str = "") -> Organization:
    """Add an organization."""
    made = Organization(slug=slug or f"organization-{next(_numbers)}", name="An organization")
    session.add(made)
    session.flush()
    return made


def person(
    session: Session,
    *,
    email: str = "",
    role: str = "candidate",
    password: str | None = None,
    organization: Organization | None = None,
    is_active: bool = True,
) -> User:
    """Add a person who is a member of an organization, by default of a new one."""
    made = User(
        email=email or f"person-{next(_numbers)}@example.com",
        name="A Person",
        password_hash=hash_password(password) if password else None,
        is_active=is_active,
    )
    session.add(made)
    session.flush()
    home = organization or _organization(session)
    session.add(Membership(user_id=made.id, organization_id=home.id, role=role))
    session.flush()
    return made


_organization = organization


def scope(
    session: Session, *, role: str = "candidate", organization: Organization | None = None
) -> Scope:
    """Add a person and return what they act as."""
    home = organization or _organization(session)
    made = person(session, role=role, organization=home)
    return Scope(made.id, home.id, role, made.name)
