"""Checks for 24.1: a transfer is whole or it is not, alone and in a crowd."""

from random import Random

from greenroom_runner.harness.grading import Answer, Reply, Services, check, probe

REFUSE = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused for a check'; END $$
"""
ON_INSERT = """
CREATE TRIGGER {name} BEFORE INSERT ON transfers
FOR EACH ROW WHEN (NEW.source_id = {source}) EXECUTE FUNCTION {name}()
"""
ON_UPDATE = """
CREATE TRIGGER {name} BEFORE UPDATE ON accounts
FOR EACH ROW WHEN (NEW.id = {target}) EXECUTE FUNCTION {name}()
"""
AT_COMMIT = """
CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON transfers DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.source_id = {source}) EXECUTE FUNCTION {name}()
"""


@probe
def collide(answer, balances, locked, transfers):
    """Have `transfers` meet: they start while the accounts `locked` are, which are let go in turn.

    Returns the status of each (None: no answer within three seconds), the balances afterwards, and
    how many transfers were stored.
    """
    from concurrent.futures import ThreadPoolExecutor, wait
    from contextlib import ExitStack

    import psycopg
    from starlette.testclient import TestClient

    with (
        TestClient(answer.app, raise_server_exceptions=False) as client,
        ThreadPoolExecutor(len(transfers)) as pool,
        psycopg.connect() as connection,
        ExitStack() as stack,
    ):
        open_accounts(connection, balances)
        lockers = [stack.enter_context(psycopg.connect()) for _ in locked]
        for locker, key in zip(lockers, locked, strict=True):
            lock(locker, key)
        replies = [pool.submit(client.post, "/transfers", json=one) for one in transfers]
        for locker in lockers:
            wait_for_waiting(len(transfers))
            locker.rollback()
        done = wait(replies, timeout=3).done
        statuses = [reply.result().status_code if reply in done else None for reply in replies]
        if len(done) < len(replies):
            end_other_connections(connection)
        keys = list(balances)
        rows = connection.execute("SELECT id, balance FROM accounts WHERE id = ANY(%s)", [keys])
        after = {str(key): balance for key, balance in rows}
        stored = connection.execute(
            "SELECT count(*) FROM transfers WHERE source_id = ANY(%s)", [keys]
        ).fetchone()[0]
    return {"statuses": statuses, "balances": after, "stored": stored}


@probe
def pass_by(answer, balances, locked, stuck, free):
    """Start the transfer `stuck`, which meets a lock; return whether `free` ends meanwhile."""
    from concurrent.futures import ThreadPoolExecutor

    import psycopg
    from starlette.testclient import TestClient

    with (
        TestClient(answer.app, raise_server_exceptions=False) as client,
        ThreadPoolExecutor(2) as pool,
        psycopg.connect() as locker,
    ):
        open_accounts(locker, balances)
        lock(locker, locked)
        first = pool.submit(client.post, "/transfers", json=stuck)
        wait_for_waiting(1)
        second = pool.submit(client.post, "/transfers", json=free)
        try:
            passed = second.result(timeout=1.5).status_code
        except TimeoutError:
            passed = None
        waited = not first.done()
        locker.rollback()
        return {"passed": passed, "waited": waited, "then": first.result().status_code}


@probe
def open_accounts(connection, balances):
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO accounts (id, balance) VALUES (%s, %s)", [*balances.items()]
        )
    connection.commit()


@probe
def lock(connection, key):
    connection.execute("SELECT 1 FROM accounts WHERE id = %s FOR UPDATE", [key])


@probe
def end_other_connections(connection):
    """End what would hold up the checks that follow."""
    connection.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = current_user AND pid <> pg_backend_pid()
        """
    )


@probe
def wait_for_waiting(count):
    """Return as soon as `count` connections wait for a lock, and after 2.5 s in any case."""
    import time

    import psycopg

    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    deadline = time.monotonic() + 2.5
    with psycopg.connect(autocommit=True) as connection:
        while time.monotonic() < deadline:
            if connection.execute(query).fetchone()[0] >= count:
                return
            time.sleep(0.01)


@probe
def watch(answer):
    """Note from now on what `engine` executes, and keep every session and connection."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    seen = {"statements": 0, "kept": []}

    def executes(connection, cursor, statement, parameters, context, many):
        seen["statements"] += 1

    def keeps(*involved):
        seen["kept"].append(involved)

    engine = answer.engine.sync_engine
    seen["end"] = [
        (engine, "before_cursor_execute", executes),
        (engine, "checkout", keeps),
        (Session, "after_begin", keeps),
    ]
    for listener in seen["end"]:
        event.listen(*listener)
    answer.seen_by_the_checks = seen


@probe
def watched(answer):
    """Return how many statements there were, and how many connections are out of the pool."""
    from sqlalchemy import event

    seen = answer.seen_by_the_checks
    for listener in seen["end"]:
        event.remove(*listener)
    return {"statements": seen["statements"], "out": answer.engine.pool.checkedout()}


def accounts(random: Random, *balances: int) -> dict[int, int]:
    """Return balances by account ids that nobody could guess."""
    return dict(zip(random.sample(range(1, 10**9), len(balances)), balances, strict=True))


def opened(answer: Answer, services: Services, random: Random, *balances: int) -> list[int]:
    """Open accounts with `balances` and return their ids."""
    answer.http.get("/openapi.json")  # the tables are made when the app starts
    new = accounts(random, *balances)
    for key, balance in new.items():
        services.postgres("INSERT INTO accounts (id, balance) VALUES (%s, %s)", key, balance)
    return list(new)


def body(source: int, target: int, amount: int) -> dict[str, int]:
    return {"source": source, "target": target, "amount": amount}


def send(answer: Answer, source: int, target: int, amount: int) -> Reply:
    return answer.http.post("/transfers", json=body(source, target, amount))


def balances_of(services: Services, *keys: int) -> list[int]:
    """Return the balance of each account, as another connection sees it."""
    query = "SELECT balance FROM accounts WHERE id = %s"
    return [services.postgres(query, key)[0][0] for key in keys]


def stored_from(services: Services, source: int) -> list[tuple[int, ...]]:
    """Return the transfers from an account, as another connection sees them."""
    query = "SELECT id, source_id, target_id, amount FROM transfers WHERE source_id = %s"
    return services.postgres(query, source)


@check("A transfer moves the money and is stored", group="basics", visible=True)
def moves_the_money(answer: Answer, services: Services, random: Random) -> None:
    amount = random.randint(10, 40)
    source, target = opened(answer, services, random, 100, 5)
    reply = send(answer, source, target, amount)
    assert reply.status == 201, "The money is there: the transfer is done."
    done = reply.json()
    assert done == {"id": done["id"]} | body(source, target, amount), "Exactly these four keys."
    assert balances_of(services, source, target) == [100 - amount, 5 + amount], "100 and 5 before."
    expected = [(done["id"], source, target, amount)]
    assert stored_from(services, source) == expected, "One transfer is stored, with that id."


@check("An unknown account is 404 and changes nothing", group="basics", visible=True)
def unknown_account_is_404(answer: Answer, services: Services, random: Random) -> None:
    one, two, three = opened(answer, services, random, 100, 100, 100)
    missing = max(one, two, three) + 1
    assert send(answer, one, missing, 10).status == 404, "There is no such target."
    assert send(answer, missing, two, 10).status == 404, "There is no such source."
    assert send(answer, three, missing, 101).status == 404, "404 is tried before 409."
    assert balances_of(services, one, two, three) == [100] * 3, "Nothing has changed."


@check("Too small a balance is 409 and changes nothing", group="basics", visible=True)
def small_balance_is_409(answer: Answer, services: Services, random: Random) -> None:
    balance = random.randint(10, 90)
    source, target = opened(answer, services, random, balance, 5)
    assert send(answer, source, target, balance + 1).status == 409, "One more than there is."
    assert balances_of(services, source, target) == [balance, 5], "Nothing has changed."
    assert stored_from(services, source) == [], "No transfer is stored."


@check("A transfer that makes no sense is 422 and changes nothing", group="basics", visible=True)
def nonsense_is_422(answer: Answer, services: Services, random: Random) -> None:
    source, target = opened(answer, services, random, 100, 5)
    for amount in (0, -10):
        assert send(answer, source, target, amount).status == 422, f"The amount is {amount}."
    assert send(answer, source, source, 10).status == 422, "Source and target are the same."
    assert balances_of(services, source, target) == [100, 5], "Nothing has changed."
    assert stored_from(services, source) == [], "No transfer is stored."


@check(
    "The whole balance may be sent",
    group="basics",
    hint="Which amount is the first that is too large?",
)
def whole_balance_may_go(answer: Answer, services: Services, random: Random) -> None:
    balance = random.randint(10, 90)
    source, target = opened(answer, services, random, balance, 0)
    assert send(answer, source, target, balance).status == 201, "It is all there is, and enough."
    assert balances_of(services, source, target) == [0, balance], "All of it has moved."


@check(
    "A write that is refused undoes the others",
    group="all or nothing",
    hint="Which of your writes are kept when the last one fails? How many commits are there?",
)
def refused_write_undoes_all(answer: Answer, services: Services, random: Random) -> None:
    for trigger in (ON_INSERT, ON_UPDATE):
        source, target = opened(answer, services, random, 100, 5)
        names = {"name": f"refuse_{source}", "source": source, "target": target}
        services.postgres(REFUSE.format(**names))
        services.postgres(trigger.format(**names))
        reply = send(answer, source, target, 10)
        services.postgres("DROP FUNCTION {name} CASCADE".format(**names))
        assert reply.status == 500, "The database refused one of the writes."
        assert balances_of(services, source, target) == [100, 5], "The balances are as before."
        assert stored_from(services, source) == [], "No transfer is stored."


@check(
    "A commit that is refused is no success",
    group="all or nothing",
    hint="When is 201 sent: before the commit, or after it? What runs behind a yield, and when?",
)
def refused_commit_is_no_success(answer: Answer, services: Services, random: Random) -> None:
    source, target = opened(answer, services, random, 100, 5)
    names = {"name": f"refuse_{source}", "source": source, "target": target}
    services.postgres(REFUSE.format(**names))
    services.postgres(AT_COMMIT.format(**names))
    reply = send(answer, source, target, 10)
    services.postgres("DROP FUNCTION {name} CASCADE".format(**names))
    assert reply.status == 500, "The database refused at the commit, where deferred checks run."
    assert balances_of(services, source, target) == [100, 5], "The balances are as before."
    assert stored_from(services, source) == [], "No transfer is stored."


@check(
    "Transfers in the same moment lose no money",
    group="crowd",
    hint="Between reading a balance and writing it back, somebody else may have written.",
)
def no_money_is_lost(answer: Answer, random: Random) -> None:
    before = accounts(random, 1000, 0, 0, 0, 0)
    source, *targets = before
    amounts = random.sample(range(10, 200), 4)
    wanted = [body(source, t, n) for t, n in zip(targets, amounts, strict=True)]
    seen = answer.probe(collide, before, [source], wanted)
    assert seen["statuses"] == [201] * 4, "There is enough for all four (None: no answer)."
    after = [seen["balances"][str(key)] for key in before]
    assert after == [1000 - sum(amounts), *amounts], "Four transfers from one account, 1000 before."
    assert seen["stored"] == 4, "Each transfer is stored."


@check(
    "Transfers in the same moment never overdraw an account",
    group="crowd",
    hint="The balance that is compared must be the one that is written.",
)
def nothing_is_overdrawn(answer: Answer, random: Random) -> None:
    amount = random.randint(20, 60)
    before = accounts(random, 2 * amount + random.randint(0, amount - 1), 0)
    source, target = before
    seen = answer.probe(collide, before, [source], [body(source, target, amount)] * 5)
    assert sorted(seen["statuses"]) == [201, 201, 409, 409, 409], "The balance suffices for two."
    after = [seen["balances"][str(key)] for key in before]
    assert after == [before[source] - 2 * amount, 2 * amount], "Two transfers have been done."
    assert seen["stored"] == 2, "Two transfers are stored."


@check(
    "Opposite transfers do not block each other for good",
    group="crowd",
    hint="Two locks that everybody takes in the same order cannot make a circle.",
)
def opposite_transfers_both_succeed(answer: Answer, random: Random) -> None:
    before = accounts(random, 100, 100)
    one, other = before
    there, back = random.sample(range(10, 90), 2)
    wanted = [body(one, other, there), body(other, one, back)]
    seen = answer.probe(collide, before, [one, other], wanted)
    assert seen["statuses"] == [201, 201], "A to B and B to A, in the same moment."
    after = [seen["balances"][str(key)] for key in before]
    assert after == [100 - there + back, 100 + there - back], "Both transfers have been done."


@check(
    "A transfer that waits holds up no other accounts",
    group="crowd",
    hint="What exactly is locked? And what does the event loop do meanwhile?",
)
def others_do_not_wait(answer: Answer, random: Random) -> None:
    before = accounts(random, 100, 0, 100, 0)
    a, b, c, d = before
    seen = answer.probe(pass_by, before, a, body(a, b, 10), body(c, d, 10))
    assert seen["passed"] == 201, "C to D should be done while A to B waits for a lock on A."
    assert seen["waited"] is True, "A to B should wait as long as A is locked."
    assert seen["then"] == 201, "A to B should be done once A is free."


@check(
    "Every request gives its connection back",
    group="resources",
    hint="Follow each way out of the endpoint, also those that raise.",
)
def connections_come_back(answer: Answer, services: Services, random: Random) -> None:
    keys = opened(answer, services, random, 100, 5, 5, 5, 100)
    answer.probe(watch)
    statuses = [
        send(answer, keys[0], keys[1], 60).status,
        send(answer, keys[2], keys[3], 60).status,
        send(answer, keys[4], max(keys) + 1, 1).status,
    ]
    seen = answer.probe(watched)
    assert statuses == [201, 409, 404], "Done, too small a balance, an unknown account."
    assert seen["statements"] > 0, "The endpoint should work through engine."
    assert seen["out"] == 0, "After three requests, no connection is out of the pool."
