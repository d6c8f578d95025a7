import calendar
from datetime import datetime, timedelta, timezone

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, PrimaryKeyConstraint, Text
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class PageView(Base):
    __tablename__ = "page_views"

    id = Column(BigInteger, Identity(always=False), nullable=False)
    path = Column(Text, nullable=False)
    viewed_at = Column(DateTime(timezone=True), nullable=False)

    __table_args__ = (
        PrimaryKeyConstraint("viewed_at", "id"),
        Index("page_views_by_path", "path"),
        {"postgresql_partition_by": "RANGE (viewed_at)"},
    )


def create_month(connection, year, month):
    first = datetime(year, month, 1, tzinfo=timezone.utc)
    days = calendar.monthrange(year, month)[1]
    following = first + timedelta(days=days)
    connection.exec_driver_sql(
        f"""
        CREATE TABLE IF NOT EXISTS page_views_{year}_{month:02}
        PARTITION OF page_views
        FOR VALUES FROM ('{first:%Y-%m-%d} 00:00:00+00') TO ('{following:%Y-%m-%d} 00:00:00+00')
        """
    )


def drop_month(connection, year, month):
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS page_views_{year}_{month:02} CASCADE")
