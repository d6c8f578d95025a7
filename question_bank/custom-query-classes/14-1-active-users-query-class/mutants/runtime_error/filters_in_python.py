# catches: finds_active_users, both_conditions_count, chains_with_the_rest
# catches: original_is_unchanged, database_filters, columns_are_filtered, aliases_are_filtered
# catches: all_in_a_row_are_active, sessions_use_the_class, other_models_are_refused
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
        return [user for user in self if user.confirmed and user.deactivated_at is None]


SessionFactory = sessionmaker(query_cls=UserQuery)
