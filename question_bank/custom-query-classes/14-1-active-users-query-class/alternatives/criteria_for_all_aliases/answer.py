from datetime import datetime

from sqlalchemy import DateTime, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Query,
    Session,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=False)
    deactivated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UserQuery(Query):
    def active(self):
        if not any(map(is_user, self.column_descriptions)):
            raise ValueError("no users in this query")
        criteria = with_loader_criteria(
            User,
            lambda user: user.confirmed & user.deactivated_at.is_(None),
            include_aliases=True,
        )
        return self.options(criteria)


def is_user(description) -> bool:
    entity = description["entity"]
    return entity is not None and issubclass(inspect(entity).mapper.class_, User)


class UserSession(Session):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, query_cls=UserQuery, **kwargs)


SessionFactory = sessionmaker(class_=UserSession)
