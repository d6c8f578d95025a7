# catches: dropping_nothing_is_fine
"""Page views, a table that PostgreSQL partitions by month."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Connection, DateTime, Identity, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class PageView(Base):
    __tablename__ = "page_views"
    __table_args__ = {"postgresql_partition_by": "RANGE (viewed_at)"}

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    viewed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    path: Mapped[str] = mapped_column(index=True)


def create_month(connection: Connection, year: int, month: int) -> None:
    """Make the partition of a month, if it is not there."""
    start = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    # DDL takes no bound parameters; what is written in comes from two integers.
    connection.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS {partition(year, month)} PARTITION OF page_views "
            f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
        )
    )


def drop_month(connection: Connection, year: int, month: int) -> None:
    """Remove the partition of a month with its rows, if it is there."""
    connection.execute(text(f"DROP TABLE {partition(year, month)}"))


def partition(year: int, month: int) -> str:
    """Return the name of a month's partition."""
    return f"page_views_{year:04d}_{month:02d}"
