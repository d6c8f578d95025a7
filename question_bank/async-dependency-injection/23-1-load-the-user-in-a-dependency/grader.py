"""Checks for 23.1: the user comes by way of dependencies, with one session and few statements."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SECRET = "argon2-of-a-password"


@probe
def store(answer, people, path=None):
    """Store `people` in the database file of the answer, or in the one at `path`."""
    import sqlite3

    connection = sqlite3.connect(path or answer.engine.url.database)
    with connection:
        for person in people:
            names = ("id", "name", "active", "password_hash")
            connection.execute(
                "INSERT INTO users (id, name, active, password_hash) VALUES (?, ?, ?, ?)",
                [person[name] for name in names],
            )
            for team in person["teams"]:
                join(connection, person["id"], team)
    connection.close()


@probe
def join(connection, key, team):
    """Make a team and have the user `key` join it."""
    made = connection.execute("INSERT INTO teams (name) VALUES (?)", [team]).lastrowid
    connection.execute("INSERT INTO members (user_id, team_id) VALUES (?, ?)", [key, made])


@probe
def rename(answer, key, name, team):
    """Change a user's name and add a team, as another program would."""
    import sqlite3

    connection = sqlite3.connect(answer.engine.url.database)
    with connection:
        connection.execute("UPDATE users SET name = ? WHERE id = ?", [name, key])
        join(connection, key, team)
    connection.close()


@probe
def watch(answer):
    """Note from now on what `engine` executes and which sessions begin, and keep the sessions."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    seen = {"statements": [], "sessions": []}

    def executes(connection, cursor, statement, parameters, context, many):
        seen["statements"].append(statement)

    def begins(session, transaction, connection):
        seen["sessions"].append(session)

    event.listen(answer.engine.sync_engine, "before_cursor_execute", executes)
    event.listen(Session, "after_begin", begins)
    seen["end"] = [
        (answer.engine.sync_engine, "before_cursor_execute", executes),
        (Session, "after_begin", begins),
    ]
    answer.seen_by_the_checks = seen


@probe
def watched(answer):
    """Return how many statements and sessions there were, and the connections that are out."""
    from sqlalchemy import event

    seen = answer.seen_by_the_checks
    for listener in seen["end"]:
        event.remove(*listener)
    return {
        "statements": len(seen["statements"]),
        "sessions": len({id(session) for session in seen["sessions"]}),
        "out": answer.engine.pool.checkedout(),
    }


@probe
def is_async(answer):
    from inspect import isasyncgenfunction, iscoroutinefunction

    return iscoroutinefunction(answer.get_user) or isasyncgenfunction(answer.get_user)


@probe
async def at_once(answer, paths):
    """Send a GET request to each of `paths` in the same moment; return [status, body] of each."""
    import asyncio
    import json

    async def get(path):
        sent = []

        async def receive():
            await asyncio.sleep(0)
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"directory")],
            "client": ("127.0.0.1", 1),
            "server": ("directory", 80),
            "state": {},
        }
        try:
            await answer.app(scope, receive, send)
        except Exception:
            return [500, None]
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return [sent[0]["status"], json.loads(body) if sent[0]["status"] == 200 else None]

    return await asyncio.gather(*map(get, paths))


@probe
def use_other_database(answer, people):
    """Override `get_session` with one for another database, which holds `people`."""
    import tempfile
    from pathlib import Path

    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    path = Path(tempfile.mkdtemp(), "other.db")
    answer.Base.metadata.create_all(create_engine(f"sqlite:///{path}"))
    store(answer, people, path)
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    async def other():
        async with AsyncSession(engine) as session:
            yield session
        await engine.dispose()

    answer.app.dependency_overrides[answer.get_session] = other


@probe
def use_user(answer, person):
    """Override `get_user` with one that gives a user who is in no database."""
    teams = [answer.Team(name=name) for name in person["teams"]]
    user = answer.User(**person | {"teams": teams})
    answer.app.dependency_overrides[answer.get_user] = lambda: user


@probe
def end_overrides(answer):
    answer.app.dependency_overrides.clear()


def somebody(random: Random, **changes: object) -> dict[str, object]:
    """Return a user that nobody could guess, with the teams in no order."""
    person = {
        "id": random.randint(1, 10**9),
        "name": "".join(random.choices(LETTERS, k=10)).title(),
        "active": True,
        "password_hash": f"{SECRET}-{random.randint(1, 10**9)}",
        "teams": sorted(
            {"".join(random.choices(LETTERS, k=8)) for _ in range(random.randint(3, 5))},
            reverse=True,
        ),
    }
    return person | changes


def stored(answer: Answer, people: list[dict[str, object]]) -> None:
    """Store `people` in the tables that the app makes when it starts."""
    answer.http.get("/openapi.json")
    answer.probe(store, people)


def profile(person: dict[str, object]) -> dict[str, object]:
    """Return what `GET /users/{user_id}` should show."""
    shown = {key: person[key] for key in ("id", "name", "active")}
    return shown | {"teams": sorted(person["teams"])}


def badge(person: dict[str, object]) -> dict[str, object]:
    """Return what the badge should show."""
    return {"id": person["id"], "name": person["name"]}


def path_of(person: dict[str, object]) -> str:
    return f"/users/{person['id']}"


@check("A user is shown with the names of the teams", group="basics", visible=True)
def shows_a_user(answer: Answer, random: Random) -> None:
    person = somebody(random)
    stored(answer, [person])
    reply = answer.http.get(path_of(person))
    assert reply.status == 200, "The user is there."
    assert reply.json() == profile(person), "Exactly these four keys, the teams sorted."


@check("An unknown user is 404, on both routes", group="basics", visible=True)
def unknown_user_is_404(answer: Answer, random: Random) -> None:
    missing = somebody(random)
    assert answer.http.get(path_of(missing)).status == 404, "There is no such user."
    assert answer.http.get(path_of(missing) + "/badge").status == 404, "Nor is there a badge."


@check("Only an active user has a badge", group="basics", visible=True)
def inactive_user_is_403(answer: Answer, random: Random) -> None:
    active, inactive = somebody(random), somebody(random, active=False)
    stored(answer, [active, inactive])
    reply = answer.http.get(path_of(active) + "/badge")
    assert reply.status == 200, "The user is active."
    assert reply.json() == badge(active), "A badge has id and name."
    assert answer.http.get(path_of(inactive) + "/badge").status == 403, "The user is not active."
    reply = answer.http.get(path_of(inactive))
    assert reply.status == 200, "A user who is not active is shown all the same."
    assert reply.json() == profile(inactive), "The user is shown as not active."


@check("get_user is written with async def", group="basics", visible=True)
def get_user_is_async(answer: Answer) -> None:
    assert answer.probe(is_async) is True, "It awaits the database, so it is async def."


@check(
    "A user without teams has an empty list",
    group="loading",
    hint="A join leaves out those who have nothing to join with.",
)
def user_without_teams(answer: Answer, random: Random) -> None:
    person = somebody(random, teams=[])
    stored(answer, [person])
    reply = answer.http.get(path_of(person))
    assert reply.status == 200, "The user is there, though in no team."
    assert reply.json() == profile(person), "teams is an empty list."


@check(
    "A few statements suffice for any number of teams, all through engine",
    group="loading",
    hint="How many rows does each of your statements bring? Does it go through the async engine?",
)
def few_statements_suffice(answer: Answer, random: Random) -> None:
    teams = random.sample([f"team-{n}" for n in range(100, 999)], 12)
    person = somebody(random, teams=teams)
    stored(answer, [person])
    answer.http.get(path_of(person))
    for path in (path_of(person), path_of(person) + "/badge"):
        answer.probe(watch)
        status = answer.http.get(path).status
        seen = answer.probe(watched)
        assert status == 200, "The user is there, in twelve teams."
        assert seen["statements"] >= 1, "The user should be asked for through engine."
        assert seen["statements"] <= 3, "Three statements or fewer, for twelve teams."


@check(
    "A change shows in the next request",
    group="loading",
    hint="A session remembers the objects it has loaded, and so does every cache.",
)
def change_shows(answer: Answer, random: Random) -> None:
    person, later = somebody(random), somebody(random)
    stored(answer, [person])
    before = answer.http.get(path_of(person))
    assert before.status == 200, "The user is there."
    assert before.json() == profile(person), "The user is shown."
    answer.probe(rename, person["id"], later["name"], "newcomers")
    now = person | {"name": later["name"], "teams": [*person["teams"], "newcomers"]}
    reply = answer.http.get(path_of(person))
    assert reply.json() == profile(now), "Another program has changed name and teams."


@check(
    "A request has one session of its own and closes it, also when it fails",
    group="sessions",
    hint="What runs behind the yield when the route, or another dependency, raises?",
)
def sessions_are_closed(answer: Answer, random: Random) -> None:
    active, inactive, missing = somebody(random), somebody(random, active=False), somebody(random)
    stored(answer, [active, inactive])
    answer.http.get(path_of(active))
    answer.probe(watch)
    statuses = [answer.http.get(path_of(p) + "/badge").status for p in (active, inactive, missing)]
    seen = answer.probe(watched)
    assert statuses == [200, 403, 404], "Active, not active, unknown."
    assert seen["sessions"] == 3, "Three requests have three sessions."
    assert seen["out"] == 0, "Afterwards every connection is back in the pool."


@check(
    "Requests in the same moment do not disturb each other",
    group="sessions",
    hint="An AsyncSession serves one task at a time.",
)
def requests_at_once(answer: Answer, random: Random) -> None:
    people = [somebody(random) for _ in range(10)]
    stored(answer, people)
    answer.http.get(path_of(people[0]))
    seen = answer.probe(at_once, [path_of(person) for person in people])
    assert seen == [[200, profile(person)] for person in people], "Ten requests for ten users."


@check(
    "An override of get_session gives both routes another database",
    group="overrides",
    hint="A session that get_user opens by itself is out of a test's reach.",
)
def session_can_be_replaced(answer: Answer, random: Random) -> None:
    here, there = somebody(random), somebody(random)
    stored(answer, [here])
    answer.probe(use_other_database, [there])
    try:
        shown = answer.http.get(path_of(there))
        badges = [answer.http.get(path_of(person) + "/badge").status for person in (there, here)]
    finally:
        answer.probe(end_overrides)
    assert shown.status == 200, "The user is in the other database."
    assert shown.json() == profile(there), "The user is shown from the other database."
    assert badges == [200, 404], "The badge asks the other database, and no other one."


@check(
    "An override of get_user reaches both routes, without a database",
    group="overrides",
    hint="A dependency builds on another one with Depends, not by calling it.",
)
def user_can_be_replaced(answer: Answer, random: Random) -> None:
    for active in (True, False):
        person = somebody(random, active=active)
        answer.http.get("/openapi.json")
        answer.probe(use_user, person)
        answer.probe(watch)
        try:
            shown = answer.http.get(path_of(person))
            status = answer.http.get(path_of(person) + "/badge").status
        finally:
            seen = answer.probe(watched)
            answer.probe(end_overrides)
        assert shown.status == 200, "The override gives a user."
        assert shown.json() == profile(person), "The override's user is shown."
        assert status == (200 if active else 403), "Being active is asked of the override's user."
        assert seen["statements"] == 0, "Nothing should ask the database."
