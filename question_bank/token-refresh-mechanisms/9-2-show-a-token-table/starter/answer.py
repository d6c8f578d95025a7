import hashlib
import secrets

from sqlalchemy import update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str]


def issue(session: Session, user: str) -> str:
    """Return a new refresh token for this user."""
    raise NotImplementedError  # your code goes here


def spend(session: Session, token: str) -> str | None:
    """Return whose token it is, once."""
    raise NotImplementedError  # and here
