# catches: table_has_its_columns
from datetime import datetime
from typing import Self

from sqlalchemy import Boolean, Column, String, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Query, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name = Column(String(80))
    confirmed = Column(Boolean)
    deactivated_at: Mapped[datetime | None]


class UserQuery(Query):
    """A query that knows active users."""

    def active(self) -> Self:
        """Keep the active users: of the model and of each alias that the query asks for."""
        users = [
            entity
            for entity in (asked["entity"] for asked in self.column_descriptions)
            if entity is not None and inspect(entity).mapper.class_ is User
        ]
        if not users:
            raise ValueError("active() needs a query of users")
        query = self
        for user in users:
            query = query.filter(user.confirmed, user.deactivated_at.is_(None))
        return query


SessionFactory = sessionmaker(query_cls=UserQuery)
