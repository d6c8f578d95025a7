"""Raw bytes, a keyed hash, and a row that is gone once its token is spent."""

import hmac
import os
import secrets

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PEPPER = os.environ.get("TOKEN_PEPPER", "only-an-example").encode()


class Base(DeclarativeBase):
    pass


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user: Mapped[str] = mapped_column(String(200))


def fingerprint(token: str) -> bytes:
    return hmac.digest(PEPPER, token.encode(), "sha256")


def issue(session: Session, user: str) -> str:
    token = secrets.token_hex(32)
    session.add(RefreshToken(fingerprint=fingerprint(token), user=user))
    session.commit()
    return token


def spend(session: Session, token: str) -> str | None:
    row = session.scalar(select(RefreshToken).filter_by(fingerprint=fingerprint(token)))
    if row is None:
        return None
    user = row.user
    spent = session.execute(delete(RefreshToken).where(RefreshToken.id == row.id))
    session.commit()
    return user if spent.rowcount == 1 else None
