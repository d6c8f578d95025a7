"""Checks for the code beside 24.2: one row is undone, or all of them."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def table(answer, before):
    """Make a database whose table holds `before`; return an engine for it, and its path."""
    import tempfile
    from pathlib import Path

    from sqlalchemy import create_engine, text

    path = Path(tempfile.mkdtemp(), "users.db")
    engine = create_engine(f"sqlite:///{path}")
    answer.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        for email in before:
            connection.execute(text("INSERT INTO users (email) VALUES (:email)"), {"email": email})
    return engine, path


@probe
def fail_at(engine, email):
    """Let the database fail at each statement that has `email` among its values."""
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    def fail(connection, cursor, statement, parameters, context, executemany):
        if email in str(parameters):
            raise OperationalError(statement, parameters, Exception("disk I/O error"))

    event.listen(engine.sync_engine, "before_cursor_execute", fail)


@probe
async def source(emails, then, waiting):
    """Yield `emails`; then end, "raise" an error, or "wait", which `waiting` tells."""
    import asyncio

    for email in emails:
        yield email
    if then == "raise":
        raise ConnectionResetError("the source is gone")
    if then == "wait":
        waiting.set()
        await asyncio.sleep(60)


@probe
async def cancel_when_waiting(task, waiting):
    """Cancel `task` once the source waits; it may be over before."""
    import asyncio

    waits = asyncio.create_task(waiting.wait())
    await asyncio.wait([task, waits], return_when=asyncio.FIRST_COMPLETED, timeout=3)
    waits.cancel()
    task.cancel()


@probe
async def imported(answer, emails, before=(), failing=None, then=None):
    """Import `emails` into a table that holds `before`; return what came of it.

    The database fails at the address `failing`. After the last one, the source does what `then`
    says: "raise" an error, or "wait" until the task is cancelled.
    """
    import asyncio

    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

    plain, path = table(answer, before)
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", connect_args={"autocommit": False, "timeout": 0.5}
    )
    if failing:
        fail_at(engine, failing)
    waiting = asyncio.Event()
    emails = source(emails, then, waiting)
    task = asyncio.create_task(answer.import_users(async_sessionmaker(engine), emails))
    if then == "wait":
        await cancel_when_waiting(task, waiting)
    goes_wrong = bool(failing or then)
    [outcome] = await asyncio.gather(task, return_exceptions=goes_wrong)
    raised = type(outcome).__name__ if isinstance(outcome, BaseException) else None
    out = engine.pool.checkedout()
    with plain.connect() as connection:
        stored = sorted(connection.scalars(text("SELECT email FROM users")))
    await engine.dispose()
    plain.dispose()
    return {
        "skipped": None if raised else outcome,
        "raised": raised,
        "connections_out": out,
        "stored": stored,
    }


def addresses(random: Random, count: int) -> list[str]:
    """Return so many different addresses."""
    return [f"user{number}@example.org" for number in random.sample(range(1000, 10_000), count)]


def result(stored: list[str], skipped: list[str] | None, raised: str | None = None) -> dict:
    """Return what a probe should see."""
    return {
        "skipped": skipped,
        "raised": raised,
        "connections_out": 0,
        "stored": sorted(stored),
    }


@check("All addresses are stored", group="basics", visible=True)
def stores_all(answer: Answer, random: Random) -> None:
    emails = addresses(random, 4)
    seen = answer.probe(imported, emails)
    assert seen == result(emails, []), "Four new addresses, and nothing to skip."


@check("An address that comes twice is skipped alone", group="basics", visible=True)
def skips_duplicates(answer: Answer, random: Random) -> None:
    one, two, three = addresses(random, 3)
    seen = answer.probe(imported, [one, two, one, three])
    assert seen == result([one, two, three], [one]), (
        "The first address came again, between the second and the third."
    )


@check(
    "Addresses of earlier imports are skipped, however many",
    group="basics",
    hint="What does a failed flush leave behind, and what does a savepoint around it change?",
)
def skips_what_the_table_has(answer: Answer, random: Random) -> None:
    emails = addresses(random, 6)
    known = [emails[0], emails[2], emails[5]]
    seen = answer.probe(imported, [*emails, emails[1]], before=known)
    assert seen == result(emails, [*known, emails[1]]), (
        "Three of six addresses are in the table, and one comes again at the end."
    )


@check(
    "A source that fails leaves nothing",
    group="all or nothing",
    hint="How many transactions are there, and does the error leave the block that owns it?",
)
def source_that_fails_leaves_nothing(answer: Answer, random: Random) -> None:
    known, *emails = addresses(random, 4)
    seen = answer.probe(imported, [known, *emails], before=[known], then="raise")
    assert seen == result([known], None, "ConnectionResetError"), (
        "The source raised ConnectionResetError after its last address."
    )


@check(
    "A database that fails in the middle leaves nothing",
    group="all or nothing",
    hint="Only one kind of error says that an address is known. What about an OperationalError?",
)
def database_that_fails_leaves_nothing(answer: Answer, random: Random) -> None:
    emails = addresses(random, 5)
    seen = answer.probe(imported, emails, failing=emails[3])
    assert seen == result([], None, "OperationalError"), (
        "The fourth of five addresses met an OperationalError."
    )


@check(
    "A cancelled import leaves nothing, and gives its connection back",
    group="all or nothing",
    hint="CancelledError is a BaseException: `except Exception` does not see it.",
)
def cancelled_import_leaves_nothing(answer: Answer, random: Random) -> None:
    seen = answer.probe(imported, addresses(random, 3), then="wait")
    assert seen == result([], None, "CancelledError"), (
        "The task was cancelled while the source was waiting for a fourth address."
    )
