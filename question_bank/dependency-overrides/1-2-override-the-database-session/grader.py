"""Checks for 1.2: the mock stands in for the session in the block, wholly, and nowhere else."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def in_a_block(answer, seeds, steps):
    """Put `seeds` into a mock, perform `steps`, and say what came and whether `engine` was used."""
    from sqlalchemy import event
    from starlette.testclient import TestClient

    used = []
    event.listen(answer.engine, "checkout", lambda *_: used.append(1))
    with answer.mock_session() as session:
        for values in seeds:
            session.add(answer.User(**values))
        session.commit()
        replies = requests(TestClient(answer.app, raise_server_exceptions=False), steps)
    left = answer.get_session in answer.app.dependency_overrides
    return {"replies": replies, "uses": len(used), "left": left}


@probe
def requests(client, steps):
    """Perform [method, path, body]; return [status, body] of each, the body of 200 and 201 only."""
    replies = []
    for method, path, body in steps:
        reply = client.request(method, path, json=body)
        replies.append([reply.status_code, reply.json() if reply.is_success else None])
    return replies


@probe
def create_and_read(answer, names):
    """Create a user for each name in one block, then read each by the id that was told."""
    from starlette.testclient import TestClient

    with answer.mock_session():
        client = TestClient(answer.app, raise_server_exceptions=False)
        created = requests(client, [["POST", "/users", {"name": name}] for name in names])
        ids = [body["id"] if body else 0 for _, body in created]
        read = requests(client, [["GET", f"/users/{key}", None] for key in ids])
    return {"created": created, "read": read}


@probe
def leave_by_exception(answer):
    """Leave a block by an exception; return whether the exception came out."""

    class Left(Exception):
        pass

    try:
        with answer.mock_session():
            raise Left
    except Left:
        return True
    return False


@probe
def overrides_around(answer, outer_name, inner_name):
    """Nest two blocks below foreign overrides; return who answers where, and what is left."""
    from starlette.testclient import TestClient

    def other():
        return None

    key = {"id": 5, "name": outer_name}, {"id": 5, "name": inner_name}
    answer.app.dependency_overrides[other] = other
    before = dict(answer.app.dependency_overrides)
    try:
        client = TestClient(answer.app, raise_server_exceptions=False)
        with answer.mock_session() as outer:
            outer.add(answer.User(**key[0]))
            outer.commit()
            with answer.mock_session() as inner:
                inner.add(answer.User(**key[1]))
                inner.commit()
                inside = requests(client, [["GET", "/users/5", None]])
            after = requests(client, [["GET", "/users/5", None]])
        left = dict(answer.app.dependency_overrides)
        return {"inside": inside, "after": after, "kept": other in left, "same": left == before}
    finally:
        answer.app.dependency_overrides.pop(other, None)


@probe
def found_around_commit(answer, name):
    """Look for a user before and after a commit, and one that was rolled back."""
    with answer.mock_session() as session:
        kept = answer.User(id=11, name=name)
        session.add(kept)
        before = session.get(answer.User, 11)
        session.commit()
        after = session.get(answer.User, 11)
        session.add(answer.User(id=12, name=name))
        session.rollback()
        session.commit()
        return {
            "before": before is not None,
            "after": after is kept,
            "unknown": session.get(answer.User, 13) is not None,
            "rolled back": session.get(answer.User, 12) is not None,
            "kept": session.get(answer.User, 11) is kept,
        }


@probe
def fresh_blocks(answer, name):
    """Store a user in one block; return whether the next block knows it."""
    with answer.mock_session() as session:
        session.add(answer.User(id=21, name=name))
        session.commit()
    with answer.mock_session() as session:
        return session.get(answer.User, 21) is not None


@probe
def ids_beside(answer, given):
    """Store users with and without an id; return the given ids, all ids, and who is found."""
    with answer.mock_session() as session:
        users = []

        def store(*keys):
            new = [answer.User(id=key, name="x") if key else answer.User(name="x") for key in keys]
            for user in new:
                session.add(user)
            session.commit()
            users.extend(new)

        store(given)
        store(None)
        after = max(given, users[1].id) + 1
        store(after, None, None)
        store(None)
        found = [session.get(answer.User, user.id) is user for user in users]
        return {"given": [given, after], "ids": [user.id for user in users], "found": found}


@probe
def with_another_stand_in(answer, key, name):
    """Override `get_session` with a stand-in of our own; return what the routes did with it."""
    from starlette.testclient import TestClient

    calls = []

    class StandIn:
        def add(self, instance):
            calls.append("add")
            self.added = instance

        def get(self, entity, ident, **options):
            calls.append("get")
            return answer.User(id=ident, name=name) if ident == key else None

        def flush(self, objects=None):
            self.added.id = key

        def commit(self):
            calls.append("commit")
            self.added.id = key

        def refresh(self, instance, attribute_names=None, with_for_update=None):
            pass

        def rollback(self):
            pass

        def close(self):
            pass

    stand_in = StandIn()
    answer.app.dependency_overrides[answer.get_session] = lambda: stand_in
    try:
        client = TestClient(answer.app, raise_server_exceptions=False)
        steps = [["POST", "/users", {"name": name}], ["GET", f"/users/{key}", None]]
        replies = requests(client, steps)
    finally:
        answer.app.dependency_overrides.pop(answer.get_session, None)
    return {"replies": replies, "calls": calls}


@probe
def connections_out(answer, steps):
    """Perform `steps` while every session is held; return the connections out after each."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session
    from starlette.testclient import TestClient

    held = []

    def hold(session, transaction, connection):
        held.append(session)

    event.listen(Session, "after_begin", hold)
    try:
        client = TestClient(answer.app, raise_server_exceptions=False)
        out = []
        for step in steps:
            requests(client, [step])
            out.append(answer.engine.pool.checkedout())
    finally:
        event.remove(Session, "after_begin", hold)
        for session in held:
            session.close()
    return {"out": out, "sessions": len({id(session) for session in held})}


def somebody(random: Random) -> str:
    """Return a name that nobody could guess."""
    return "".join(random.choices(LETTERS, k=10)).title()


def stored(answer: Answer, name: str) -> int:
    """Create a user in the database and return the id."""
    reply = answer.http.post("/users", json={"name": name})
    assert reply.status == 201, "Without a mock, POST /users stores in the database."
    return reply.json()["id"]


@check("Without a mock, users are stored in the database", group="routes", visible=True)
def stores_in_the_database(answer: Answer, random: Random) -> None:
    name = somebody(random)
    created = answer.http.post("/users", json={"name": name})
    assert created.status == 201, "A new user is answered with 201."
    user = created.json()
    assert user == {"id": user["id"], "name": name}, "The body has id and name."
    reply = answer.http.get(f"/users/{user['id']}")
    assert reply.status == 200, "The user is read in a second request."
    assert reply.json() == user, "The user comes back as it was created."


@check("An unknown user is 404", group="routes", visible=True)
def unknown_user_is_404(answer: Answer, random: Random) -> None:
    missing = random.randint(10**6, 10**9)
    assert answer.http.get(f"/users/{missing}").status == 404, "The database has no such user."
    seen = answer.probe(in_a_block, [], [["GET", f"/users/{missing}", None]])
    assert seen["replies"][0][0] == 404, "The mock has no such user."


@check("In the block, requests create and read users", group="mock", visible=True)
def mock_serves_both_routes(answer: Answer, random: Random) -> None:
    names = [somebody(random) for _ in range(3)]
    seen = answer.probe(create_and_read, names)
    assert [status for status, _ in seen["created"]] == [201] * 3, "Three users are created."
    ids = [body["id"] for _, body in seen["created"]]
    assert len(set(ids)) == 3, "Each user has an id of its own."
    users = [{"id": key, "name": name} for key, name in zip(ids, names, strict=True)]
    assert [body for _, body in seen["created"]] == users, "Each answer has id and name."
    assert seen["read"] == [[200, user] for user in users], "Later requests find the users."


@check("A user that the test put into the mock is found", group="mock", visible=True)
def seeded_user_is_found(answer: Answer, random: Random) -> None:
    user = {"id": random.randint(100, 999), "name": somebody(random)}
    seen = answer.probe(in_a_block, [user], [["GET", f"/users/{user['id']}", None]])
    assert seen["replies"] == [[200, user]], "The test added the user to the mock."


@check(
    "In the block, nothing uses the database",
    group="isolation",
    hint="Which part of the app still knows engine while the override is there?",
)
def database_is_left_alone(answer: Answer, random: Random) -> None:
    key = stored(answer, somebody(random))
    steps = [["POST", "/users", {"name": somebody(random)}], ["GET", f"/users/{key + 10**6}", None]]
    seen = answer.probe(in_a_block, [], steps)
    assert [status for status, _ in seen["replies"]] == [201, 404], "The mock answers both."
    assert seen["uses"] == 0, "No connection should be taken from engine inside the block."


@check(
    "After the block, requests reach the database again",
    group="isolation",
    hint="An override stays until somebody takes it out.",
)
def block_ends_the_override(answer: Answer, random: Random) -> None:
    name = somebody(random)
    key = stored(answer, name)
    missing = random.randint(10**6, 10**9)
    seen = answer.probe(in_a_block, [{"id": missing, "name": "Nobody"}], [])
    assert seen["left"] is False, "No override of get_session should be left."
    reply = answer.http.get(f"/users/{key}")
    assert reply.status == 200, "The user in the database is found after a block."
    assert reply.json() == {"id": key, "name": name}, "It is the user of the database."
    assert answer.http.get(f"/users/{missing}").status == 404, "The mock's user is gone."


@check(
    "A block that fails ends the override too",
    group="isolation",
    hint="What runs when the body of the with raises? The exception is the test's to see.",
)
def failing_block_ends_the_override(answer: Answer, random: Random) -> None:
    key = stored(answer, somebody(random))
    assert answer.probe(leave_by_exception) is True, "The exception should leave the block."
    assert answer.http.get(f"/users/{key}").status == 200, "The database should answer again."


@check(
    "Other overrides, and an outer block, come back",
    group="isolation",
    hint="Look at what dependency_overrides held before, for get_session as well.",
)
def earlier_overrides_come_back(answer: Answer, random: Random) -> None:
    outer, inner = somebody(random), somebody(random)
    seen = answer.probe(overrides_around, outer, inner)
    assert seen["inside"] == [[200, {"id": 5, "name": inner}]], "The inner block counts."
    assert seen["after"] == [[200, {"id": 5, "name": outer}]], "Then the outer one does again."
    assert seen["kept"] is True, "An override of another dependency should survive the block."
    assert seen["same"] is True, "dependency_overrides should hold what it held before."


@check("Every block starts empty", group="isolation", hint="Where does the mock keep its users?")
def every_block_starts_empty(answer: Answer, random: Random) -> None:
    seen = answer.probe(fresh_blocks, somebody(random))
    assert seen is False, "A user of an earlier block should be unknown."


@check(
    "The mock notices a forgotten commit",
    group="mock",
    hint="What was added and what was committed are two things.",
)
def mock_tells_added_from_committed(answer: Answer, random: Random) -> None:
    seen = answer.probe(found_around_commit, somebody(random))
    assert seen["before"] is False, "A user that was added and not committed is not found."
    assert seen["after"] is True, "After the commit, get returns the very user that was added."
    assert seen["unknown"] is False, "An unknown id gives None."
    assert seen["rolled back"] is False, "A user that was rolled back is never stored."
    assert seen["kept"] is True, "A rollback leaves what was committed."


@check(
    "New ids never meet those that were given",
    group="mock",
    hint="Add users with an id first, then one without.",
)
def new_ids_are_free(answer: Answer, random: Random) -> None:
    seen = answer.probe(ids_beside, random.choice([1, 2]))
    assert [seen["ids"][0], seen["ids"][2]] == seen["given"], "A given id is kept."
    assert None not in seen["ids"], "After a commit every user has an id."
    assert len(set(seen["ids"])) == len(seen["ids"]), "No two users share an id."
    assert seen["found"] == [True] * len(seen["ids"]), "Each user is found by its id."


@check(
    "The routes work with any stand-in for get_session",
    group="session",
    hint="A route takes its session with Depends(get_session), and commits what it added.",
)
def routes_use_the_dependency(answer: Answer, random: Random) -> None:
    user = {"id": random.randint(10**6, 10**9), "name": somebody(random)}
    seen = answer.probe(with_another_stand_in, user["id"], user["name"])
    assert seen["replies"] == [[201, user], [200, user]], "The stand-in knows this one user."
    calls = seen["calls"]
    assert "add" in calls, "POST should add the user to the stand-in."
    assert "commit" in calls[calls.index("add") :], "POST should commit what it added."


@check(
    "Each request has its own session and closes it, failed ones too",
    group="session",
    hint="A generator can clean up behind its yield.",
)
def sessions_are_closed(answer: Answer, random: Random) -> None:
    missing = random.randint(10**6, 10**9)
    steps = [
        ["POST", "/users", {"name": somebody(random)}],
        ["GET", f"/users/{missing}", None],
        ["GET", f"/users/{missing}", None],
    ]
    seen = answer.probe(connections_out, steps)
    assert seen["out"] == [0, 0, 0], "After a request, its connection is back in the pool."
    assert seen["sessions"] == 3, "Three requests have three sessions."
