"""Checks for 16.3: the pool is filled and its connections ended; the server says who is there."""

import time
from random import Random

from greenroom_runner.harness.grading import Answer, Services, check, probe

COUNT = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
END = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = %s"
BUSY = f"{COUNT} AND state <> 'idle'"
PATIENCE_SECONDS = 2.0
READINGS = 3
"""How often in a row: on its way from six to none, the number is three for a moment as well."""


@probe
def begin(answer, **settings):
    """Make an engine, which later probes find in the answer's module."""
    import os

    answer.made_engine = answer.make_engine(os.environ["DATABASE_URL"], **settings)


@probe
def end(answer):
    """Close what the pool holds."""
    answer.made_engine.dispose()


@probe
def use(answer, count):
    """Hold `count` connections at once, then give all back; return their numbers in the server."""
    from contextlib import ExitStack

    from sqlalchemy import text

    with ExitStack() as held:
        connections = [held.enter_context(answer.made_engine.connect()) for _ in range(count)]
        return [one.scalar(text("SELECT pg_backend_pid()")) for one in connections]


@probe
def one_more(answer, count):
    """Hold `count` connections and ask for another; return the error and the seconds it took."""
    import time
    from contextlib import ExitStack

    with ExitStack() as held:
        for _ in range(count):
            held.enter_context(answer.made_engine.connect())
        start = time.monotonic()
        try:
            held.enter_context(answer.made_engine.connect())
        except Exception as error:
            kind = type(error)
            return [f"{kind.__module__}.{kind.__name__}", time.monotonic() - start]
        return [None, time.monotonic() - start]


@probe
def hand_over(answer, count, seconds):
    """Hold all connections, give one back after a while; return what another thread got."""
    import threading
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import ExitStack

    from sqlalchemy import text

    asking = threading.Event()

    def ask():
        asking.set()
        with answer.made_engine.connect() as connection:
            return connection.scalar(text("SELECT 7"))

    with ThreadPoolExecutor(1) as pool, ExitStack() as held:
        connections = [held.enter_context(answer.made_engine.connect()) for _ in range(count)]
        waiting = pool.submit(ask)
        asking.wait()
        threading.Event().wait(seconds)
        connections[0].close()
        return waiting.result()


@probe
def back_in_order(answer):
    """Give two connections back; return the numbers of both, and of the next three turns."""
    from sqlalchemy import text

    number = text("SELECT pg_backend_pid()")
    engine = answer.made_engine
    first, last = engine.connect(), engine.connect()
    seen = [first.scalar(number), last.scalar(number)]
    first.close()
    last.close()
    for _ in range(3):
        with engine.connect() as connection:
            seen.append(connection.scalar(number))
    return seen


@probe
def asked(answer, what):
    """Ask for a setting in three transactions of which the first two are rolled back."""
    from sqlalchemy import text

    seen = []
    with answer.made_engine.connect() as connection:
        for _ in range(2):
            seen.append(connection.scalar(text(f"SHOW {what}")))
            connection.rollback()
        seen.append(connection.scalar(text(f"SHOW {what}")))
    return seen


@probe
def sleep_in_the_server(answer, seconds, times):
    """Have the server sleep, each time in a transaction of its own; return what came of it."""
    from sqlalchemy import text

    seen = []
    for _ in range(times):
        with answer.made_engine.connect() as connection:
            try:
                connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
                seen.append("done")
            except Exception as error:
                connection.rollback()
                alive = connection.scalar(text("SELECT 7"))
                seen.append([type(error).__name__, alive])
    return seen


@probe
def write_without_commit(answer, table):
    """Make a table, then write to it without a commit, through SQLAlchemy and through psycopg."""
    from sqlalchemy import text

    insert = f"INSERT INTO {table} VALUES (1)"
    with answer.made_engine.connect() as connection:
        connection.execute(text(f"CREATE TABLE {table} (id integer)"))
        connection.commit()
        connection.execute(text(insert))
    raw = answer.made_engine.raw_connection()
    raw.cursor().execute(insert)
    raw.close()


@probe
def make_for_nobody(answer, **settings):
    """Make an engine for a port at which nobody listens."""
    url = "postgresql+psycopg://answer@127.0.0.1:1/answer"
    answer.make_engine(url, **settings).dispose()


def settings(random: Random, **chosen: object) -> dict:
    """Return settings under a name that no other check has."""
    usual = {"limit": 4, "wait": 0.3, "max_age": 600, "max_statement": 5}
    return {"name": f"shop web {random.randint(10**8, 10**9)}", **usual, **chosen}


def settled(services: Services, name: str, expected: int) -> int:
    """Return how many connections there are; the server needs a moment to notice closed ones."""
    until = time.monotonic() + PATIENCE_SECONDS
    alike = 0
    while True:
        ((count,),) = services.postgres(COUNT, name)
        alike = alike + 1 if count == expected else 0
        if alike == READINGS or time.monotonic() > until:
            return count
        time.sleep(0.01)


@check("PostgreSQL knows the connections by name", group="basics", visible=True)
def connections_have_a_name(answer: Answer, services: Services, random: Random) -> None:
    chosen = settings(random, limit=4)
    answer.probe(begin, **chosen)
    assert answer.probe(asked, "application_name") == [chosen["name"]] * 3, (
        "SHOW application_name, in each of three transactions"
    )
    answer.probe(use, 2)
    assert settled(services, chosen["name"], 2) == 2, "pg_stat_activity should show two of them."
    answer.probe(end)


@check("There are never more than the limit", group="basics", visible=True)
def limit_is_kept(answer: Answer, random: Random) -> None:
    answer.probe(begin, **settings(random, limit=4, wait=0.05))
    assert len(set(answer.probe(use, 4))) == 4, "Four callers should have a connection each."
    error, _ = answer.probe(one_more, 4)
    assert error == "sqlalchemy.exc.TimeoutError", "The fifth one should get TimeoutError."
    answer.probe(end)


@check("Half of them stay open, the others are closed", group="basics", visible=True)
def half_stay_open(answer: Answer, services: Services, random: Random) -> None:
    chosen = settings(random, limit=6)
    answer.probe(begin, **chosen)
    answer.probe(use, 6)
    assert settled(services, chosen["name"], 3) == 3, (
        "After six were used at once and given back, three should be left."
    )
    answer.probe(end)


@check(
    "An odd limit, and a limit of one, are right as well",
    group="size",
    hint="What does a pool_size of 0 mean? And do both numbers add up to the limit?",
)
def small_limits_are_right(answer: Answer, services: Services, random: Random) -> None:
    for limit in (1, random.choice([3, 5, 7])):
        chosen = settings(random, limit=limit, wait=0.05)
        answer.probe(begin, **chosen)
        assert len(set(answer.probe(use, limit))) == limit, f"All {limit} can be used at once."
        kept = (limit + 1) // 2
        assert settled(services, chosen["name"], kept) == kept, f"What is kept of {limit}."
        error, _ = answer.probe(one_more, limit)
        assert error == "sqlalchemy.exc.TimeoutError", f"The limit was {limit}."
        answer.probe(end)


@check(
    "A caller waits as long as was said, and no longer",
    group="waiting",
    hint="A web request should not hang for the pool's usual half minute.",
)
def waits_as_told(answer: Answer, random: Random) -> None:
    wait = random.choice([0.3, 0.35, 0.4])
    answer.probe(begin, **settings(random, limit=2, wait=wait))
    answer.probe(use, 2)
    error, seconds = answer.probe(one_more, 2)
    assert error == "sqlalchemy.exc.TimeoutError", "Both connections were in use."
    assert seconds > wait - 0.1, f"It should have waited for {wait} s."
    assert seconds < wait + 1, f"It should have waited for {wait} s."
    answer.probe(end)


@check(
    "A caller who waits gets the connection that is given back",
    group="waiting",
    hint="Waiting a little is better than failing at once.",
)
def waiting_pays(answer: Answer, random: Random) -> None:
    answer.probe(begin, **settings(random, limit=2, wait=4))
    assert answer.probe(hand_over, 2, 0.1) == 7, "One came back after 0.1 s; it could wait for 4 s."
    answer.probe(end)


@check(
    "Connections that the server ended are replaced, and nobody notices",
    group="life",
    hint="Somebody has to ask the connection before a caller does.",
)
def ended_ones_are_replaced(answer: Answer, services: Services, random: Random) -> None:
    chosen = settings(random, limit=6)
    answer.probe(begin, **chosen)
    before = answer.probe(use, 3)
    assert settled(services, chosen["name"], 3) == 3, "Three connections lie in the pool."
    services.postgres(END, chosen["name"])
    after = answer.probe(use, 3)
    assert not set(before) & set(after), "The old ones were ended; these should be new."
    answer.probe(end)


@check(
    "An old connection is replaced, a young one is used again",
    group="life",
    hint="Which setting looks at the age of a connection, in seconds?",
)
def old_ones_are_replaced(answer: Answer, random: Random) -> None:
    answer.probe(begin, **settings(random, max_age=0.1))
    before = answer.probe(use, 1)
    time.sleep(0.2)
    assert answer.probe(use, 1) != before, "It was older than max_age (0.1 s)."
    answer.probe(end)
    answer.probe(begin, **settings(random, max_age=random.randint(60, 3600)))
    before = answer.probe(use, 1)
    assert answer.probe(use, 1) == before, "It was younger than max_age."
    answer.probe(end)


@check(
    "The connection that came back last is handed out first",
    group="life",
    hint="A pool is a queue by default.",
)
def last_back_is_first(answer: Answer, random: Random) -> None:
    answer.probe(begin, **settings(random))
    _, last, *next_ones = answer.probe(back_in_order)
    assert next_ones == [last] * 3, "The next three turns should use the one that came back last."
    answer.probe(end)


@check(
    "What was not committed is rolled back on the way to the pool",
    group="life",
    hint="What does a connection that is given back still hold?",
)
def unfinished_work_is_undone(answer: Answer, services: Services, random: Random) -> None:
    chosen = settings(random)
    table = f"orders_{random.randint(10**8, 10**9)}"
    answer.probe(begin, **chosen)
    answer.probe(write_without_commit, table)
    assert services.postgres(BUSY, chosen["name"]) == [(0,)], (
        "In the pool, a connection should be idle, without a transaction."
    )
    assert services.postgres(f"SELECT count(*) FROM {table}") == [(0,)], "No row is there."
    answer.probe(end)


@check(
    "A statement that runs too long is cancelled",
    group="server",
    hint="PostgreSQL has a setting for that, in milliseconds.",
)
def long_statements_are_cancelled(answer: Answer, random: Random) -> None:
    answer.probe(begin, **settings(random, max_statement=0.25))
    seen = answer.probe(sleep_in_the_server, 1.5, 1)
    assert seen == [["OperationalError", 7]], "It slept for 1.5 s, where 0.25 s were allowed."
    answer.probe(end)
    answer.probe(begin, **settings(random, max_statement=4))
    assert answer.probe(sleep_in_the_server, 0.15, 1) == ["done"], "0.15 s where 4 s were allowed."
    answer.probe(end)


@check(
    "The bound on statements holds in every transaction",
    group="server",
    hint="A SET inside of a transaction that is rolled back never happened.",
)
def bound_outlives_a_rollback(answer: Answer, random: Random) -> None:
    seconds = random.randint(2, 50)
    answer.probe(begin, **settings(random, max_statement=seconds))
    answer.probe(use, 2)
    assert answer.probe(asked, "statement_timeout") == [f"{seconds}s"] * 3, (
        "SHOW statement_timeout, in each of three transactions"
    )
    answer.probe(end)


@check(
    "Making the engine connects to nothing",
    group="server",
    hint="Prefork servers make the engine before they fork, and the database may start later.",
)
def engine_is_lazy(answer: Answer, services: Services, random: Random) -> None:
    chosen = settings(random)
    answer.probe(make_for_nobody, **chosen)
    answer.probe(begin, **chosen)
    assert services.postgres(COUNT, chosen["name"]) == [(0,)], "No connection is open yet."
    answer.probe(end)
