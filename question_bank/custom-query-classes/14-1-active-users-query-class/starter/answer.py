from datetime import datetime

from sqlalchemy.orm import DeclarativeBase, Mapped, Query, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    confirmed: Mapped[bool]
    deactivated_at: Mapped[datetime | None]


class UserQuery(Query):
    """A query that knows active users."""


SessionFactory = sessionmaker()
