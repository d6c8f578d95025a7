"""Checks for 14.1: a query class that filters in the database what was asked for, and only that."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises

STATES = ("active", "unconfirmed", "deactivated", "neither")


@probe
def session_with(answer, people):
    """Return a session on a new database with people of (name, state)."""
    from datetime import UTC, datetime

    from sqlalchemy import create_engine

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    session = answer.SessionFactory(bind=engine)
    for name, state in people:
        gone = datetime(2020, 1, 1, tzinfo=UTC) if state in ("deactivated", "neither") else None
        confirmed = state in ("active", "deactivated")
        session.add(answer.User(name=name, confirmed=confirmed, deactivated_at=gone))
        session.flush()
    session.commit()
    return session


@probe
def names(answer, people, what):
    """Run a query of the given shape; return the names that it finds, as they come."""
    User = answer.User
    with session_with(answer, people) as session:
        users = session.query(User)
        query = {
            "all": lambda: users.order_by(User.id),
            "active": lambda: users.active().order_by(User.id),
            "twice": lambda: users.active().active().order_by(User.id),
            "descending": lambda: users.order_by(User.name.desc()).active(),
            "first two": lambda: users.active().order_by(User.name).limit(2),
            "filter before": lambda: users.filter(User.name >= "m").active().order_by(User.id),
            "filter after": lambda: users.active().filter(User.name >= "m").order_by(User.id),
        }[what]()
        return [user.name for user in query]


@probe
def columns(answer, people):
    """Return what queries of columns and of numbers find."""
    from sqlalchemy import func

    User = answer.User
    with session_with(answer, people) as session:
        return {
            "names": [name for (name,) in session.query(User.name).active().order_by(User.id)],
            "count(User.id)": session.query(func.count(User.id)).active().scalar(),
            ".count()": session.query(User).active().count(),
        }


@probe
def aliases(answer, people):
    """Return what queries of an alias and of its columns find."""
    from sqlalchemy.orm import aliased

    Other = aliased(answer.User)
    with session_with(answer, people) as session:
        objects = session.query(Other).active().order_by(Other.id)
        values = session.query(Other.name).active().order_by(Other.id)
        return {
            "objects": [user.name for user in objects],
            "names": [name for (name,) in values.all()],
        }


@probe
def pairs(answer, people):
    """Return pairs of people, each of the table with each that comes later."""
    from sqlalchemy.orm import aliased

    User, Other = answer.User, aliased(answer.User)
    with session_with(answer, people) as session:
        query = session.query(User.name, Other.name).filter(User.id < Other.id).active()
        return [list(pair) for pair in query.order_by(User.id, Other.id)]


@probe
def original(answer, people):
    """Call active() on a query, leave the result; return how many the first query finds."""
    with session_with(answer, people) as session:
        query = session.query(answer.User)
        found = query.active()
        return [query.count(), found.count(), query.count()]


@probe
def kinds(answer):
    """Return what is a query of the class that was asked for."""
    from sqlalchemy.orm import Query, Session

    with session_with(answer, []) as session:
        query = session.query(answer.User)
        return {
            "UserQuery is a Query": issubclass(answer.UserQuery, Query),
            "the factory gives a Session": isinstance(session, Session),
            "query(User)": isinstance(query, answer.UserQuery),
            "query(User).active()": isinstance(query.active(), answer.UserQuery),
        }


@probe
def work(answer, people):
    """Return how many statements ran and how many users were loaded for the active ones."""
    from sqlalchemy import event

    statements, loaded = [], []
    with session_with(answer, people) as session:
        engine = session.get_bind()

        def note(connection, cursor, sql, parameters, context, many):
            statements.append(sql)

        def count(target, context):
            loaded.append(target)

        event.listen(engine, "before_cursor_execute", note)
        event.listen(answer.User, "load", count)
        session.expunge_all()
        try:
            found = len(list(session.query(answer.User).active()))
        finally:
            event.remove(answer.User, "load", count)
        return {"statements": len(statements), "loaded": len(loaded), "found": found}


@probe
def other_model(answer, people, ask):
    """Query a model that has nothing to do with users; return how many rows it finds."""
    from sqlalchemy import Integer, String
    from sqlalchemy.orm import DeclarativeBase, mapped_column

    class OtherBase(DeclarativeBase):
        pass

    class Team(OtherBase):
        __tablename__ = "teams"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String)

    with session_with(answer, people) as session:
        OtherBase.metadata.create_all(session.get_bind())
        session.add(Team(name="red"))
        session.commit()
        query = session.query(Team) if ask == "model" else session.query(Team.name)
        return len(query.active().all())


@probe
def table(answer):
    """Return of each column whether it may be null, and whether it is the key."""
    columns = answer.Base.metadata.tables["users"].columns
    return {str(c.name): [bool(c.nullable), bool(c.primary_key)] for c in columns}


PEOPLE = [
    ["ada", "active"],
    ["bob", "unconfirmed"],
    ["cy", "deactivated"],
    ["dan", "neither"],
    ["eve", "active"],
]


def crowd(random: Random, count: int = 12) -> list[list[str]]:
    """Return people of different names, with each state among them and at least three active."""
    states = [*STATES, "active", "active"]
    states += random.choices(STATES, k=count - len(states))
    random.shuffle(states)
    letters = random.sample("abcdefghijklmnopqrstuvwxyz", count)
    return [[letter * 3, state] for letter, state in zip(letters, states, strict=True)]


def active(people: list[list[str]]) -> list[str]:
    return [name for name, state in people if state == "active"]


@check("active() finds confirmed users who were not deactivated", group="basics", visible=True)
def finds_active_users(answer: Answer) -> None:
    assert answer.probe(names, PEOPLE, "active") == ["ada", "eve"], (
        "session.query(User).active() should find Ada and Eve."
    )


@check("Without active() a query finds everyone", group="basics", visible=True)
def finds_everyone_without(answer: Answer) -> None:
    assert answer.probe(names, PEOPLE, "all") == [name for name, _ in PEOPLE], (
        "session.query(User) is an ordinary query."
    )


@check("Sessions of the factory make queries of the class", group="basics", visible=True)
def sessions_use_the_class(answer: Answer) -> None:
    for what, seen in answer.probe(kinds).items():
        assert seen is True, f"{what}: it should be of the class that the statement names."


@check("The table has its columns", group="basics", visible=True)
def table_has_its_columns(answer: Answer) -> None:
    assert answer.probe(table) == {
        "id": [False, True],
        "name": [False, False],
        "confirmed": [False, False],
        "deactivated_at": [True, False],
    }, "Of each column: may it be null, is it the primary key?"


@check(
    "Both conditions count, for any mixture of users",
    group="rule",
    hint="Which SQL do your conditions become? Python's `and`, `or`, `is` and `not` make none.",
)
def both_conditions_count(answer: Answer, random: Random) -> None:
    people = crowd(random)
    assert answer.probe(names, people, "active") == active(people), "Confirmed, not deactivated."


@check(
    "Filters, an order and a limit work before and after",
    group="chain",
    hint="What does active() return, and what can be done with that?",
)
def chains_with_the_rest(answer: Answer, random: Random) -> None:
    people = crowd(random)
    wanted = active(people)
    late = [name for name in wanted if name >= "m"]
    assert answer.probe(names, people, "filter before") == late, "filter(...).active()"
    assert answer.probe(names, people, "filter after") == late, "active().filter(...)"
    assert answer.probe(names, people, "descending") == sorted(wanted, reverse=True), (
        "order_by(...).active()"
    )
    assert answer.probe(names, people, "first two") == sorted(wanted)[:2], "active()...limit(2)"
    assert answer.probe(names, people, "twice") == wanted, "active().active()"


@check(
    "The query it was called on stays as it was",
    group="chain",
    hint="Methods of a query return a new one.",
)
def original_is_unchanged(answer: Answer, random: Random) -> None:
    people = crowd(random)
    seen = answer.probe(original, people)
    assert seen == [len(people), len(active(people)), len(people)], (
        "The first query before, the second, and the first again."
    )


@check(
    "The database filters, in one statement",
    group="database",
    hint="Users who are not active should never be loaded.",
)
def database_filters(answer: Answer, random: Random) -> None:
    people = crowd(random)
    count = len(active(people))
    seen = answer.probe(work, people)
    assert seen == {"statements": 1, "loaded": count, "found": count}, (
        "How many statements ran, objects were loaded and users were found?"
    )


@check(
    "Columns and counts are filtered, too",
    group="shapes",
    hint="What does a query know about what it was asked for? `column_descriptions`.",
)
def columns_are_filtered(answer: Answer, random: Random) -> None:
    people = crowd(random)
    wanted = active(people)
    assert answer.probe(columns, people) == {
        "names": wanted,
        "count(User.id)": len(wanted),
        ".count()": len(wanted),
    }


@check(
    "Of an alias, the alias is filtered",
    group="shapes",
    hint="A condition on User beside a query of an alias adds a second table to the statement.",
)
def aliases_are_filtered(answer: Answer, random: Random) -> None:
    people = crowd(random)
    wanted = active(people)
    assert answer.probe(aliases, people) == {"objects": wanted, "names": wanted}


@check(
    "Of several users in a row, all are active",
    group="shapes",
    hint="A query may ask for User and for an alias. Which of them did you filter?",
)
def all_in_a_row_are_active(answer: Answer, random: Random) -> None:
    people = crowd(random)
    wanted = active(people)
    expected = [[one, other] for n, one in enumerate(wanted) for other in wanted[n + 1 :]]
    assert answer.probe(pairs, people) == expected, "Both of each pair should be active."


@check(
    "A query without users is refused",
    group="shapes",
    hint="What would teams, filtered by a condition on users, return?",
)
def other_models_are_refused(answer: Answer, random: Random) -> None:
    people = crowd(random)
    for ask in ("model", "column"):
        with raises("ValueError", f"active() on a {ask} of Team should raise ValueError."):
            answer.probe(other_model, people, ask)
