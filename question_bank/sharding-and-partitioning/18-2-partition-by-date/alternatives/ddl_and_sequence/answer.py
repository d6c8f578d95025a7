from datetime import UTC, date, datetime

from sqlalchemy import DDL, BigInteger, Connection, DateTime, Sequence, String, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

numbers = Sequence("page_view_numbers")


class Base(DeclarativeBase):
    pass


class PageView(Base):
    __tablename__ = "page_views"
    __table_args__ = {"postgresql_partition_by": "RANGE (viewed_at)"}

    id: Mapped[int] = mapped_column(
        BigInteger, numbers, server_default=numbers.next_value(), primary_key=True
    )
    path: Mapped[str] = mapped_column(String(2000), index=True)
    viewed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), primary_key=True, index=True
    )


class Month:
    def __init__(self, year: int, month: int) -> None:
        self.start = date(year, month, 1)
        self.end = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
        self.table = self.start.strftime("page_views_%Y_%m")

    @property
    def bounds(self) -> tuple[str, str]:
        starts = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (self.start, self.end))
        first, last = (f"'{moment.isoformat()}'" for moment in starts)
        return first, last


def create_month(connection: Connection, year: int, month: int) -> None:
    wanted = Month(year, month)
    if inspect(connection).has_table(wanted.table):
        return
    first, last = wanted.bounds
    statement = "CREATE TABLE %(name)s PARTITION OF page_views FOR VALUES FROM (%(first)s) TO (%(last)s)"
    context = {"name": wanted.table, "first": first, "last": last}
    connection.execute(DDL(statement, context=context))


def drop_month(connection: Connection, year: int, month: int) -> None:
    wanted = Month(year, month)
    if inspect(connection).has_table(wanted.table):
        connection.execute(DDL("ALTER TABLE page_views DETACH PARTITION %(n)s", context={"n": wanted.table}))
        connection.execute(DDL("DROP TABLE %(n)s", context={"n": wanted.table}))
