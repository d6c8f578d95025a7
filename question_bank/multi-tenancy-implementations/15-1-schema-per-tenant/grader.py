"""Checks for 15.1: every tenant has a schema of its own, and nobody else's."""

from contextlib import suppress
from random import Random

from greenroom_runner.harness.grading import Answer, ServiceError, Services, check, probe, raises

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_schema = ANY (%s) ORDER BY 1, 2
"""
COLUMNS = """
    SELECT column_name, is_nullable FROM information_schema.columns
    WHERE table_schema = %s AND table_name = %s ORDER BY 1
"""
ADD = "INSERT INTO public.tenants (name, schema_name) VALUES (%s, %s)"
NAMES = "SELECT name FROM public.tenants WHERE schema_name = ANY (%s) ORDER BY name"


@probe
def shared(answer, **options):
    """Return an engine, after the shared table was made."""
    import os

    from sqlalchemy import create_engine

    engine = create_engine(os.environ["DATABASE_URL"], **options)
    answer.create_shared(engine)
    return engine


@probe
def make_shared(answer):
    """Make the shared table, twice."""
    engine = shared(answer)
    answer.create_shared(engine)
    engine.dispose()


@probe
def make(answer, tenants, end="commit"):
    """Make tenants of (name, schema) in one transaction; return what the tenants say."""
    from sqlalchemy.orm import Session

    engine = shared(answer)
    with Session(engine) as session:
        made = [answer.create_tenant(session, *tenant) for tenant in tenants]
        seen = [[tenant.name, tenant.schema_name, tenant.id] for tenant in made]
        getattr(session, end)()
    engine.dispose()
    return seen


@probe
def make_and_look(answer, tenants):
    """Make tenants, and look for them in the same session before and after it commits."""
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    Tenant = answer.Tenant
    engine = shared(answer)
    with Session(engine) as session:
        ids = [answer.create_tenant(session, *tenant).id for tenant in tenants]
        statement = select(Tenant.name).where(Tenant.id.in_(ids)).order_by(Tenant.id)
        before = list(session.scalars(statement))
        session.commit()
        after = list(session.scalars(statement))
    engine.dispose()
    return [before, after]


@probe
def write(answer, notes):
    """Write notes of (schema, text), each in a session of its own."""
    engine = shared(answer)
    for schema_name, body in notes:
        with answer.tenant_session(engine, schema_name) as session:
            session.add(answer.Note(body=body))
            session.commit()
    engine.dispose()


@probe
def side_by_side(answer, one, other, bodies):
    """Have two tenants write in turn, in sessions that are open at once; return what each sees."""
    from sqlalchemy import select

    Note = answer.Note
    engine = shared(answer)
    sessions = [answer.tenant_session(engine, name) for name in (one, other)]
    for number, body in enumerate(bodies):
        session = sessions[number % 2]
        session.add(Note(body=body))
        session.flush()
    seen = [list(session.scalars(select(Note.body).order_by(Note.id))) for session in sessions]
    for session in sessions:
        session.commit()
        session.close()
    engine.dispose()
    return seen


@probe
def long_life(answer, schema_name, other, bodies):
    """Write, end the transaction, and write again, while another session uses the connection."""
    from sqlalchemy import select

    Note = answer.Note
    engine = shared(answer, pool_size=1, max_overflow=0, pool_timeout=0.5)
    with answer.tenant_session(engine, schema_name) as session:
        for body, end in bodies:
            session.add(Note(body=body))
            session.flush()
            getattr(session, end)()
            with answer.tenant_session(engine, other) as another:
                another.scalars(select(Note.body)).all()
                another.commit()
        seen = list(session.scalars(select(Note.body).order_by(Note.id)))
    engine.dispose()
    return seen


@probe
def both_models(answer, schema_name, body):
    """Write a note, and read it together with the tenant in one session."""
    from sqlalchemy import select

    Note, Tenant = answer.Note, answer.Tenant
    engine = shared(answer)
    with answer.tenant_session(engine, schema_name) as session:
        session.add(Note(body=body))
        session.commit()
        statement = select(Tenant.name, Note.body).where(Tenant.schema_name == schema_name)
        seen = [list(row) for row in session.execute(statement)]
    engine.dispose()
    return seen


@probe
def path_afterwards(answer, name, schema_name, body):
    """Use the pool's only connection for everything; return its search_path before and after."""
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    engine = shared(answer, pool_size=1, max_overflow=0, pool_timeout=0.5)

    def path():
        with engine.connect() as connection:
            return connection.scalar(text("SHOW search_path"))

    seen = [path()]
    with Session(engine) as session:
        answer.create_tenant(session, name, schema_name)
        session.commit()
    seen.append(path())
    with answer.tenant_session(engine, schema_name) as session:
        session.add(answer.Note(body=body))
        session.commit()
    seen.append(path())
    engine.dispose()
    return seen


def word(random: Random) -> str:
    """Return a good name that no other check draws."""
    return "".join(random.choices(LETTERS, k=12))


def tables(services: Services, *schemas: str) -> list[tuple[str, str]]:
    return services.postgres(TABLES, list(schemas))


def notes(services: Services, schema: str) -> list[str]:
    return [body for (body,) in services.postgres(f'SELECT body FROM "{schema}".notes ORDER BY 1')]


@check("The shared table is made, and no other", group="basics", visible=True)
def shared_table_is_made(answer: Answer, services: Services) -> None:
    answer.probe(make_shared)
    assert tables(services, "public") == [("public", "tenants")], (
        "After create_shared(engine), tenants should be the only table in public."
    )


@check("A tenant gets a schema with a table of notes", group="basics", visible=True)
def tenant_gets_its_schema(answer: Answer, services: Services, random: Random) -> None:
    schema = word(random)
    ((name, schema_name, key),) = answer.probe(make, [["Acme Ltd", schema]])
    assert [name, schema_name] == ["Acme Ltd", schema], "create_tenant returns the Tenant."
    assert type(key) is int, "It has its id already."
    assert tables(services, schema) == [(schema, "notes")], "The tables in its schema."
    assert services.postgres(NAMES, [schema]) == [("Acme Ltd",)], "The row in tenants."


@check("A note lies in the schema of its tenant", group="basics", visible=True)
def note_lies_in_its_schema(answer: Answer, services: Services, random: Random) -> None:
    schema, body = word(random), word(random)
    answer.probe(make, [["Acme", schema]])
    answer.probe(write, [[schema, body]])
    assert notes(services, schema) == [body], "tenant_session(...) should write there."


@check(
    "The tables have their columns",
    group="model",
    hint="Three columns and two; none of them may be null.",
)
def tables_have_their_columns(answer: Answer, services: Services, random: Random) -> None:
    schema = word(random)
    answer.probe(make, [["Acme", schema]])
    seen = services.postgres(COLUMNS, "public", "tenants")
    assert seen == [("id", "NO"), ("name", "NO"), ("schema_name", "NO")], "tenants: may be null?"
    seen = services.postgres(COLUMNS, schema, "notes")
    assert seen == [("body", "NO"), ("id", "NO")], "notes: may it be null?"


@check(
    "The database refuses bad names of schemas",
    group="model",
    hint="A check in Python does not see an INSERT that somebody types. What does?",
)
def bad_names_are_refused(answer: Answer, services: Services, random: Random) -> None:
    answer.probe(make_shared)
    some = word(random)
    reserved = ["public", "information_schema", f"pg_{some}", "pg_catalog"]
    wrong = ["", some.title(), f"7{some}", f"_{some}", f"{some}-x", f"{some} x", f"{some}\n"]
    hostile = [f'{some}"; DROP SCHEMA public; --', f"{some}é", (some * 6)[:64]]
    for name in [*reserved, *wrong, *hostile]:
        with suppress(ServiceError):
            services.postgres(ADD, "Eve", name)
        stored = services.postgres(NAMES, [name])
        assert stored == [], f"The database should refuse the schema_name {name!r}."


@check(
    "Good names are accepted",
    group="model",
    hint="Is your condition stricter than the contract? An underscore means something in LIKE.",
)
def good_names_are_accepted(answer: Answer, services: Services, random: Random) -> None:
    some = word(random)
    names = [f"{some}_", f"pg{some}", f"public_{some}", f"{some}__7", (some * 6)[:63]]
    answer.probe(make_shared)
    for name in names:
        services.postgres(ADD, "Ada", name)
    assert len(services.postgres(NAMES, names)) == len(names), "All of them are good names."


@check(
    "A taken schema is refused, and its tenant stays whole",
    group="model",
    hint="Two tenants in one schema would read each other's notes.",
)
def taken_names_are_refused(answer: Answer, services: Services, random: Random) -> None:
    schema, body = word(random), word(random)
    answer.probe(make, [["First", schema]])
    answer.probe(write, [[schema, body]])
    with raises("IntegrityError", "create_tenant should raise IntegrityError for a taken name."):
        answer.probe(make, [["Second", schema]])
    assert services.postgres(NAMES, [schema]) == [("First",)], "There is one tenant."
    assert notes(services, schema) == [body], "It still has its note."


@check(
    "A name may be a word of SQL",
    group="making",
    hint="An identifier that is written into SQL needs quotes.",
)
def words_of_sql_are_names(answer: Answer, services: Services, random: Random) -> None:
    schema = random.choice(["order", "user", "select", "group", "table"])
    body = word(random)
    answer.probe(make, [["Acme", schema]])
    answer.probe(write, [[schema, body]])
    assert notes(services, schema) == [body], f"The tenant is called {schema}."


@check(
    "After a rollback nothing of a tenant is there",
    group="making",
    hint="CREATE SCHEMA is a part of the transaction. On which connection does it run?",
)
def rollback_leaves_nothing(answer: Answer, services: Services, random: Random) -> None:
    schema = word(random)
    answer.probe(make, [["Acme", schema]], "rollback")
    found = services.postgres("SELECT nspname FROM pg_namespace WHERE nspname = %s", schema)
    assert found == [], "The schema should be gone."
    assert services.postgres(NAMES, [schema]) == [], "The row should be gone."


@check(
    "One session makes several tenants, and goes on",
    group="making",
    hint="What did making the first one change in the session?",
)
def several_in_one_session(answer: Answer, services: Services, random: Random) -> None:
    schemas = sorted(word(random) for _ in range(3))
    tenants = [[f"Tenant {schema}", schema] for schema in schemas]
    names = [name for name, _ in tenants]
    assert answer.probe(make_and_look, tenants) == [names, names], (
        "The tenants that the session finds, before it commits and after."
    )
    assert tables(services, *schemas) == [(schema, "notes") for schema in schemas]


@check(
    "Tenants who work at once see their own notes",
    group="sessions",
    hint="Two sessions of one engine are open. What do they share?",
)
def tenants_are_apart(answer: Answer, services: Services, random: Random) -> None:
    one, other = word(random), word(random)
    bodies = [f"{number} {word(random)}" for number in range(6)]
    answer.probe(make, [["One", one], ["Other", other]])
    assert answer.probe(side_by_side, one, other, bodies) == [bodies[::2], bodies[1::2]], (
        "What each session sees."
    )
    assert [notes(services, one), notes(services, other)] == [bodies[::2], bodies[1::2]]


@check(
    "A session stays with its tenant after commit and rollback",
    group="sessions",
    hint="What you set in a transaction ends with it; what you set on a connection stays there.",
)
def session_keeps_its_tenant(answer: Answer, services: Services, random: Random) -> None:
    schema, other = word(random), word(random)
    ends = ["commit", "rollback", "commit", "rollback", "commit"]
    bodies = [[f"{number} {word(random)}", end] for number, end in enumerate(ends)]
    answer.probe(make, [["Acme", schema], ["Other", other]])
    kept = [body for body, end in bodies if end == "commit"]
    assert answer.probe(long_life, schema, other, bodies) == kept, "What was committed is seen."
    assert notes(services, schema) == kept, "It lies in the schema of the tenant."


@check(
    "The shared table is there in a tenant's session",
    group="sessions",
    hint="Which of the two tables should follow the tenant?",
)
def shared_table_is_seen(answer: Answer, random: Random) -> None:
    schema, body = word(random), word(random)
    name = word(random)
    answer.probe(make, [[name, schema]])
    assert answer.probe(both_models, schema, body) == [[name, body]], (
        "One statement over Tenant and Note should find both."
    )


@check(
    "A connection goes back to the pool as it came",
    group="sessions",
    hint="The pool rolls back. A setting that was committed is not undone by that.",
)
def connection_is_left_clean(answer: Answer, random: Random) -> None:
    before, made, used = answer.probe(path_afterwards, "Acme", word(random), word(random))
    assert made == before, "search_path after create_tenant"
    assert used == before, "search_path after a tenant's session"
