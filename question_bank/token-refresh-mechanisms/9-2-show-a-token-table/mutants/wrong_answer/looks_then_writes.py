# catches: one_of_two_gets_it
import hashlib
import secrets

from sqlalchemy import update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str]
    spent: Mapped[bool] = mapped_column(default=False)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(session: Session, user: str) -> str:
    token = secrets.token_urlsafe(32)
    session.add(RefreshToken(digest=digest(token), user=user))
    return token


def spend(session: Session, token: str) -> str | None:
    row = session.get(RefreshToken, digest(token))
    if row is None or row.spent:
        return None
    row.spent = True
    return row.user
