"""Checks for 28.1: a column is added to a table in use, and taken away again."""

import re
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises

USERS, TEAMS = "3f9a1c27d5e0", "8b60e4d21f73"
ENVIRONMENT = {
    "env.py": """
from alembic import context
from sqlalchemy import create_engine

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
    with engine.begin() as connection:
        context.configure(connection=connection)
        context.run_migrations()
    engine.dispose()
""",
    "versions/users.py": f'''
import sqlalchemy as sa
from alembic import op

revision = "{USERS}"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_index("ix_users_created_at", "users", ["created_at"])
''',
    "versions/teams.py": f'''
import sqlalchemy as sa
from alembic import op

revision = "{TEAMS}"
down_revision = "{USERS}"


def upgrade():
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )
''',
}


@probe
def prepare(answer, files):
    """Write an Alembic environment into a new folder and return the folder."""
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp())
    (folder / "versions").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return str(folder)


@probe
def config(answer, folder, **options):
    """Return the configuration of the environment; the answer is one of its migrations."""
    import os
    from pathlib import Path

    from alembic.config import Config

    places = [f"{folder}/versions", str(Path(answer.__file__).parent)]
    made = Config(**options)
    made.set_main_option("script_location", folder)
    made.set_main_option("path_separator", "os")
    made.set_main_option("version_locations", os.pathsep.join(places))
    made.set_main_option("sqlalchemy.url", f"sqlite:///{folder}/app.db")
    return made


@probe
def migrate(answer, folder, direction, revision):
    from alembic import command

    getattr(command, direction)(config(answer, folder), revision)


@probe
def offline(answer, folder, direction, revisions):
    """Return what `alembic upgrade --sql` or `downgrade --sql` writes."""
    import io

    from alembic import command

    written = io.StringIO()
    made = config(answer, folder, output_buffer=written)
    getattr(command, direction)(made, revisions, sql=True)
    return written.getvalue()


@probe
def history(answer, folder):
    """Return the revisions from the newest to the oldest, and how many heads there are."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config(answer, folder))
    order = [script.revision for script in scripts.walk_revisions()]
    return {"order": order, "heads": len(scripts.get_heads())}


@probe
def execute(answer, folder, statement, values):
    """Run one statement in the database and return its rows, if it has some."""
    from sqlalchemy import create_engine, text

    engine = create_engine(f"sqlite:///{folder}/app.db")
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        rows = [list(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


@probe
def schema(answer, folder):
    """Return of each table its columns, with type and whether they may be null, and the rest."""
    from sqlalchemy import create_engine, inspect

    engine = create_engine(f"sqlite:///{folder}/app.db")
    with engine.connect() as connection:
        look = inspect(connection)
        found = {
            table: {
                "columns": {
                    column["name"]: [str(column["type"]), column["nullable"]]
                    for column in look.get_columns(table)
                },
                "primary key": look.get_pk_constraint(table)["constrained_columns"],
                "unique": [one["column_names"] for one in look.get_unique_constraints(table)],
                "indexes": [[one["name"], one["column_names"]] for one in look.get_indexes(table)],
            }
            for table in look.get_table_names()
        }
    engine.dispose()
    return found


class Database:
    """A SQLite database beside the answer, with the team's earlier migrations."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._folder = answer.probe(prepare, ENVIRONMENT)
        answer.probe(migrate, self._folder, "upgrade", TEAMS)

    def upgrade(self) -> None:
        self._answer.probe(migrate, self._folder, "upgrade", "head")

    def downgrade(self) -> None:
        self._answer.probe(migrate, self._folder, "downgrade", TEAMS)

    def add_user(self, email: str, **more: object) -> None:
        values = {"email": email, **more}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.rows(f"INSERT INTO users ({names}) VALUES ({marks})", **values)

    def rows(self, statement: str, **values: object) -> list[list[object]]:
        return self._answer.probe(execute, self._folder, statement, values)

    def schema(self) -> dict[str, dict[str, object]]:
        return self._answer.probe(schema, self._folder)


def emails(random: Random, count: int) -> list[str]:
    numbers = random.sample(range(1000, 10_000), count)
    return [f"{random.choice(('ada', 'alan', 'grace'))}{number}@example.org" for number in numbers]


def statements(sql: str) -> list[str]:
    """Return the statements in `sql` that are not Alembic's own: no comments, no quoted names."""
    bare = re.sub(r"--[^\n]*", "", sql).replace('"', "").lower()
    found = [" ".join(one.split()) for one in bare.split(";")]
    return [one for one in found if one and one not in ("begin", "commit")]


def column_in_postgresql(sql: str) -> dict[str, object]:
    """Return what becomes of users.language when PostgreSQL runs `sql`."""
    column = {"type": None, "not null": False, "default": None, "users who are there": None}
    for one in statements(sql):
        added = re.fullmatch(
            r"alter table users add (?:column )?(?:if not exists )?language (.+)", one
        )
        changed = re.fullmatch(r"alter table users alter (?:column )?language (set|drop) (.+)", one)
        filled = re.match(r"update users set language ?= ?('\w*')", one)
        if added:
            kind = re.match(r"\w+(?: varying)? ?(?:\(\d+\))?", added[1])[0]
            column["type"] = kind.replace("character varying", "varchar").replace(" ", "")
            column["not null"] = "not null" in added[1]
            column["default"] = default_in(added[1])
            column["users who are there"] = column["default"]
        elif changed and changed[2].startswith("not null"):
            column["not null"] = changed[1] == "set"
        elif changed and changed[2].startswith("default"):
            column["default"] = default_in(changed[2]) if changed[1] == "set" else None
        elif filled:
            column["users who are there"] = filled[1]
    return column


def default_in(definition: str) -> str | None:
    found = re.search(r"default \(?('(?:[^']|'')*')", definition)
    return found[1] if found else None


@check("The column is there, with its type, and not null", group="upgrade", visible=True)
def column_is_there(answer: Answer) -> None:
    database = Database(answer)
    database.upgrade()
    columns = database.schema()["users"]["columns"]
    assert "language" in columns, "After the upgrade users should have a column called language."
    assert columns["language"] == ["VARCHAR(8)", False], "Its type, and whether it may be null."


@check("Users who are there have en", group="upgrade", visible=True)
def users_have_en(answer: Answer, random: Random) -> None:
    database = Database(answer)
    people = sorted(emails(random, 5))
    for email in people:
        database.add_user(email)
    database.upgrade()
    seen = database.rows("SELECT email, language FROM users ORDER BY email")
    assert seen == [[email, "en"] for email in people], "Five users were there before the upgrade."


@check("It comes behind the last migration, and is the only head", group="upgrade", visible=True)
def follows_the_last_one(answer: Answer) -> None:
    seen = answer.probe(history, answer.probe(prepare, ENVIRONMENT))
    assert seen["heads"] == 1, "With two heads `alembic upgrade head` does not know where to go."
    assert seen["order"][1:] == [TEAMS, USERS], "The migrations before yours, newest first."


@check("The downgrade removes the column, and no user", group="downgrade", visible=True)
def downgrade_removes_it(answer: Answer, random: Random) -> None:
    database = Database(answer)
    people = sorted(emails(random, 3))
    for email in people:
        database.add_user(email)
    database.upgrade()
    database.downgrade()
    tables = database.schema()
    assert "users" in tables, "The table should still be there."
    columns = sorted(tables["users"]["columns"])
    assert columns == ["created_at", "email", "id"], "The columns of users after the downgrade."
    seen = database.rows("SELECT email FROM users ORDER BY email")
    assert seen == [[email] for email in people], "Three users were there all the time."


@check(
    "A row that does not name the column gets en",
    group="old code",
    hint="The old version of the app inserts without the column, and knows no default of yours.",
)
def rows_without_it_get_en(answer: Answer, random: Random) -> None:
    database = Database(answer)
    database.upgrade()
    old, new = emails(random, 2)
    database.add_user(old)
    database.add_user(new, language="pt-BR")
    seen = database.rows("SELECT email, language FROM users ORDER BY id")
    assert seen == [[old, "en"], [new, "pt-BR"]], "One row was inserted without, one with it."


@check("Null is refused", group="old code", hint="What keeps a null out of the column?")
def null_is_refused(answer: Answer, random: Random) -> None:
    database = Database(answer)
    database.upgrade()
    with raises("IntegrityError", "A null in language should be refused by the database."):
        database.add_user(emails(random, 1)[0], language=None)


@check(
    "The upgrade leaves everything else as it is",
    group="neighbours",
    hint="A table that is built anew has only what you built.",
)
def upgrade_touches_nothing_else(answer: Answer, random: Random) -> None:
    database = Database(answer)
    for email in emails(random, 3):
        database.add_user(email, created_at="2020-02-02 10:00:00")
    database.rows("INSERT INTO teams (name) VALUES ('Compilers')")
    kept = "SELECT id, email, created_at FROM users ORDER BY id"
    rows, before = database.rows(kept), database.schema()
    database.upgrade()
    after = database.schema()
    after["users"]["columns"].pop("language", None)
    assert after == before, "The tables after the upgrade, without language."
    assert database.rows(kept) == rows, "What users had in their other columns."
    assert database.rows("SELECT name FROM teams") == [["Compilers"]], "The rows of teams."


@check(
    "After the downgrade the tables are what they were",
    group="neighbours",
    hint="A downgrade takes back what its upgrade did, and nothing else.",
)
def downgrade_restores_the_tables(answer: Answer, random: Random) -> None:
    database = Database(answer)
    [email] = emails(random, 1)
    database.add_user(email)
    database.rows("INSERT INTO teams (name) VALUES ('Compilers')")
    before = database.schema()
    database.upgrade()
    database.downgrade()
    assert database.schema() == before, "The tables after upgrade and downgrade."
    assert database.rows("SELECT name FROM teams") == [["Compilers"]], "The rows of teams."
    with raises("IntegrityError", "An email should still be there only once."):
        database.add_user(email)


@check(
    "Up, down and up again",
    group="neighbours",
    hint="What is left behind by the downgrade meets the second upgrade.",
)
def goes_up_again(answer: Answer, random: Random) -> None:
    database = Database(answer)
    [email] = emails(random, 1)
    database.upgrade()
    database.add_user(email, language="sv")
    database.downgrade()
    database.upgrade()
    seen = database.rows("SELECT email, language FROM users")
    assert seen == [[email, "en"]], "The user is still there, and the column is new."


@check(
    "The statements for PostgreSQL add the same column",
    group="postgresql",
    hint="With --sql nothing can be asked: there are only statements, written one after the other.",
)
def postgresql_upgrade(answer: Answer) -> None:
    folder = answer.probe(prepare, ENVIRONMENT)
    sql = answer.probe(offline, folder, "upgrade", f"{TEAMS}:head")
    expected = {
        "type": "varchar(8)",
        "not null": True,
        "default": "'en'",
        "users who are there": "'en'",
    }
    assert column_in_postgresql(sql) == expected, f"users.language after this:\n{sql}"


@check(
    "The statements for PostgreSQL remove it again",
    group="postgresql",
    hint="Look at what `alembic downgrade --sql` writes.",
)
def postgresql_downgrade(answer: Answer) -> None:
    folder = answer.probe(prepare, ENVIRONMENT)
    newest = answer.probe(history, folder)["order"][0]
    sql = answer.probe(offline, folder, "downgrade", f"{newest}:{TEAMS}")
    seen = [one for one in statements(sql) if "alembic_version" not in one]
    dropped = re.compile(r"alter table users drop (column )?(if exists )?language")
    assert [one for one in seen if not dropped.fullmatch(one)] == [], f"Beside the column:\n{sql}"
    assert len(seen) == 1, f"The column should be dropped:\n{sql}"


@check(
    "The revision fits into alembic_version",
    group="postgresql",
    hint="SQLite does not mind how long a text is. PostgreSQL does.",
)
def revision_fits(answer: Answer) -> None:
    newest = answer.probe(history, answer.probe(prepare, ENVIRONMENT))["order"][0]
    assert len(newest) <= 32, f"The revision is {newest!r}."
