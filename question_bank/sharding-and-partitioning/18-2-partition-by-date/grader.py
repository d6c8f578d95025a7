"""Checks for 18.2: the database partitions by month, in UTC, and only as it is told."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

from greenroom_runner.harness.grading import Answer, Services, check, probe, raises

COLUMNS = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = 'page_views'::regclass AND indisprimary ORDER BY attname
"""
PARTITIONS = """
    SELECT inhrelid::regclass::text FROM pg_inherits
    WHERE inhparent = 'page_views'::regclass ORDER BY 1
"""
WHERE_ROWS_LIE = "SELECT tableoid::regclass::text, path FROM page_views ORDER BY path"


@probe
def prepared(answer, months, zone="UTC"):
    """Make the table and the partitions of `months` on a connection set to `zone`."""
    import os

    from sqlalchemy import create_engine

    options = {"options": f"-c timezone={zone}"}
    engine = create_engine(os.environ["DATABASE_URL"], connect_args=options)
    answer.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        for year, month in months:
            answer.create_month(connection, year, month)
    return engine


@probe
def make(answer, months, zone="UTC"):
    """Make the table and some months."""
    prepared(answer, months, zone).dispose()


@probe
def store(answer, months, views, zone="UTC"):
    """Make the table and some months, and store views of (path, time). Return their ids."""
    from sqlalchemy.orm import Session

    with Session(prepared(answer, months, zone)) as session:
        rows = [answer.PageView(path=path, viewed_at=moment) for path, moment in views]
        session.add_all(rows)
        session.commit()
        return [row.id for row in rows]


@probe
def drop(answer, month, commit):
    """Drop a month in a transaction of its own."""
    engine = prepared(answer, [])
    with engine.connect() as connection:
        answer.drop_month(connection, *month)
        if commit:
            connection.commit()
    engine.dispose()


@probe
def make_and_roll_back(answer, month):
    """Make a month, and roll back."""
    engine = prepared(answer, [])
    with engine.connect() as connection:
        answer.create_month(connection, *month)
        connection.rollback()
    engine.dispose()


def some_month(random: Random) -> tuple[int, int]:
    """Return a month with one digit, as have its neighbours."""
    return random.randint(2001, 2090), random.randint(2, 8)


def name(year: int, month: int) -> str:
    return f"page_views_{year:04}_{month:02}"


def start(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)


@check("The table is partitioned by range of viewed_at", group="basics", visible=True)
def is_partitioned_by_range(answer: Answer, services: Services) -> None:
    answer.probe(make, [])
    kind = services.postgres("SELECT relkind::text FROM pg_class WHERE relname = 'page_views'")
    assert kind == [("p",)], "PostgreSQL should know page_views as a partitioned table (kind p)."
    key = services.postgres("SELECT pg_get_partkeydef('page_views'::regclass)")
    assert key == [("RANGE (viewed_at)",)], "Rows are told apart by ranges of viewed_at."


@check("A month's partition has the promised name", group="basics", visible=True)
def months_are_named(answer: Answer, services: Services) -> None:
    answer.probe(make, [(2026, 3), (2026, 11)])
    assert services.postgres(PARTITIONS) == [(name(2026, 3),), (name(2026, 11),)], (
        "Each month that was asked for is one partition of page_views."
    )


@check("A view lies in the partition of its month", group="basics", visible=True)
def views_lie_in_their_month(answer: Answer, services: Services) -> None:
    noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    answer.probe(store, [(2026, 3), (2026, 4)], [("/pricing", noon)])
    assert services.postgres(WHERE_ROWS_LIE) == [("page_views_2026_03", "/pricing")], (
        "The view of 9 March should lie in March."
    )


@check(
    "The primary key is one that a partitioned table may have",
    group="model",
    hint="A unique key contains the partition key.",
)
def key_contains_the_date(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    moment = start(year, month)
    ids = answer.probe(store, [(year, month)], [("/a", moment), ("/b", moment)])
    assert services.postgres(COLUMNS) == [("id",), ("viewed_at",)], "The columns of the key."
    assert all(type(number) is int for number in ids), "The database generates the ids."
    assert len(set(ids)) == len(ids), "Two views have two ids."


@check("Every partition has the index on path", group="model", hint="Declare it on the model.")
def path_is_indexed(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    answer.probe(make, [(year, month)])
    indexed = services.postgres(
        "SELECT count(*) > 0 FROM pg_index JOIN pg_attribute ON attrelid = indrelid "
        "AND attnum = indkey[0] WHERE indrelid = %s::regclass AND attname = 'path'",
        name(year, month),
    )
    assert indexed == [(True,)], "A partition that is made later should have it as well."


@check(
    "A month ends where the next one begins",
    group="bounds",
    hint="Is the upper bound part of a range?",
)
def months_meet(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    border = start(year, month + 1)
    views = [("/last", border - timedelta(microseconds=1)), ("/next", border)]
    answer.probe(store, [(year, month), (year, month + 1)], views)
    expected = [(name(year, month), "/last"), (name(year, month + 1), "/next")]
    assert services.postgres(WHERE_ROWS_LIE) == expected, "The last and the first instant."


@check(
    "Bounds are in UTC, whatever the connection is set to",
    group="bounds",
    hint="How does the server read a date without an offset?",
)
def bounds_are_in_utc(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    zone = random.choice(["Asia/Tokyo", "America/New_York", "Australia/Sydney"])
    answer.probe(make, [(year, month)], zone)
    low, high = start(year, month), start(year, month + 1)
    bound = "FOR VALUES FROM ('{:%Y-%m-%d} 00:00:00+00') TO ('{:%Y-%m-%d} 00:00:00+00')"
    services.postgres("SET timezone TO 'UTC'")
    found = services.postgres(
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = %s", name(year, month)
    )
    assert found == [(bound.format(low, high),)], f"Made on a connection set to {zone}."


@check("December leads into January", group="bounds", hint="Which month is the thirteenth?")
def december_is_a_month(answer: Answer, services: Services, random: Random) -> None:
    year = random.randint(2001, 2090)
    new_year = start(year, 13)
    views = [("/eve", new_year - timedelta(seconds=1)), ("/new", new_year)]
    answer.probe(store, [(year, 12), (year + 1, 1)], views)
    expected = [(name(year, 12), "/eve"), (name(year + 1, 1), "/new")]
    assert services.postgres(WHERE_ROWS_LIE) == expected, "New Year's Eve and New Year."


@check("Making a month again changes nothing", group="months", hint="Two workers start at once.")
def again_is_fine(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    answer.probe(store, [(year, month)], [("/kept", start(year, month))])
    answer.probe(make, [(year, month), (year, month)])
    assert services.postgres(PARTITIONS) == [(name(year, month),)], "There is one partition."
    assert services.postgres(WHERE_ROWS_LIE) == [(name(year, month), "/kept")], "The row is kept."


@check(
    "A view of a month without a partition is refused",
    group="months",
    hint="A row should never go where nobody looks.",
)
def strays_are_refused(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    with raises(
        "IntegrityError", "The database should refuse a view of a month that is not there."
    ):
        answer.probe(store, [(year, month)], [("/stray", start(year, month + 1))])
    assert services.postgres("SELECT count(*) FROM page_views") == [(0,)], "Nothing is stored."


@check("Dropping a month takes its rows and no others", group="months", hint="DROP, not DELETE.")
def dropping_takes_one_month(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    months = [(year, month), (year, month + 1)]
    answer.probe(store, months, [(f"/{each[1]}", start(*each)) for each in months])
    answer.probe(drop, (year, month), True)
    assert services.postgres(PARTITIONS) == [(name(year, month + 1),)], "One partition is left."
    assert services.postgres(WHERE_ROWS_LIE) == [(name(year, month + 1), f"/{month + 1}")]


@check("Dropping a month that is not there does nothing", group="months", hint="It may be gone.")
def dropping_nothing_is_fine(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    answer.probe(make, [(year, month)])
    answer.probe(drop, (year, month + 1), True)
    assert services.postgres(PARTITIONS) == [(name(year, month),)], (
        "The other month is still there."
    )


@check(
    "The caller's transaction decides",
    group="months",
    hint="Who began the transaction ends it.",
)
def nothing_is_committed(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    answer.probe(make_and_roll_back, (year, month))
    assert services.postgres(PARTITIONS) == [], "After a rollback the month is not there."
    answer.probe(make, [(year, month)])
    answer.probe(drop, (year, month), False)
    assert services.postgres(PARTITIONS) == [(name(year, month),)], "Nor was it dropped."


@check("A query of one month reads one partition", group="use", hint="EXPLAIN shows what is read.")
def one_month_is_read(answer: Answer, services: Services, random: Random) -> None:
    year, month = some_month(random)
    answer.probe(make, [(year, month - 1), (year, month), (year, month + 1)])
    plan = services.postgres(
        "EXPLAIN (COSTS OFF) SELECT count(*) FROM page_views "
        "WHERE viewed_at >= %s AND viewed_at < %s",
        start(year, month),
        start(year, month + 1),
    )
    read = sorted(set(re.findall(r" on (page_views_\d+_\d+)\b", str(plan))))
    assert read == [name(year, month)], "The others need not be looked at."
