"""Page views, a table that PostgreSQL partitions by month."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class PageView(Base):
    __tablename__ = "page_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    viewed_at: Mapped[datetime]


def create_month(connection: Connection, year: int, month: int) -> None:
    """Make the partition of a month, if it is not there."""


def drop_month(connection: Connection, year: int, month: int) -> None:
    """Remove the partition of a month with its rows, if it is there."""
