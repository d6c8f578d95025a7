"""From nothing, from every older version and back again; and what cannot be used is told."""

import re
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from greenroom.core import db, migrate
from greenroom.core.errors import ConfigurationError
from greenroom.tables import Base
from tests.support.environment import Environment

REVISIONS = [
    script.revision
    for script in reversed(
        list(ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions())
    )
]


def downgrade(engine: Engine, revision: str) -> None:
    """Go back: the program never does, so there is no function for it."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
        connection.invalidate()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def differences(engine: Engine) -> list[object]:
    """What autogenerate would still have to change."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def test_an_empty_database_gets_the_tables_of_the_models(empty_database: Engine) -> None:
    assert migrate.state(empty_database) == "empty"
    migrate.upgrade(empty_database)
    assert migrate.state(empty_database) == "current"
    assert tables(empty_database) == set(Base.metadata.tables)
    assert differences(empty_database) == []


def test_check_constraints_are_those_of_the_models(database: Engine) -> None:
    """Autogenerate does not look at them."""
    for name, table in Base.metadata.tables.items():
        there = {check["name"] for check in inspect(database).get_check_constraints(name)}
        wanted = {
            str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)
        }
        assert there == wanted, name


def test_every_step_goes_forth_and_back(empty_database: Engine) -> None:
    for revision in REVISIONS:
        migrate.upgrade(empty_database, revision)
        before = tables(empty_database)
        downgrade(empty_database, "-1")
        migrate.upgrade(empty_database, revision)
        assert tables(empty_database) == before
    downgrade(empty_database, "base")
    assert tables(empty_database) == set()
    assert migrate.state(empty_database) == "empty"


def test_what_an_old_database_holds_is_kept(empty_database: Engine) -> None:
    migrate.upgrade(empty_database, "0001")
    topic = {"id": "01900000-0000-7000-8000-000000000001", "slug": "graphql"}
    with empty_database.begin() as connection:
        if connection.dialect.name == "sqlite":
            topic["id"] = topic["id"].replace("-", "")
        connection.execute(
            text(
                "INSERT INTO topics (id, slug, number, title, section, blurb_html, why_html,"
                " prerequisites) VALUES (:id, :slug, 25, 'T', 'S', '', '', '[]')"
            ),
            topic,
        )
        connection.execute(
            text(
                "INSERT INTO questions (id, uid, slug, kind, topic_id, position)"
                " VALUES (:id, 'q-25-1', 'graphql-users', 'code', :id, 1)"
            ),
            topic,
        )
    assert migrate.state(empty_database) == "old"

    migrate.upgrade(empty_database)

    with empty_database.connect() as connection:
        kept = connection.execute(
            text(
                "SELECT topics.slug, questions.slug, topics.retired_at"
                " FROM topics JOIN questions ON topic_id = topics.id"
            )
        ).one()
        assert tuple(kept) == ("graphql", "graphql-users", None)


def test_an_upgrade_is_done_or_not_at_all(
    empty_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of that name is in the way of the second step: then the first has not happened."""
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE bank_state (id INTEGER)"))
    with pytest.raises((ConfigurationError, ProgrammingError, OperationalError)):
        migrate.upgrade(empty_database)
    assert tables(empty_database) == {"bank_state"}
    assert migrate.state(empty_database) == "empty"


def test_an_old_database_is_told_in_a_sentence(empty_database: Engine) -> None:
    with pytest.raises(ConfigurationError, match=r"no tables yet.*greenroom db upgrade"):
        migrate.require_current(empty_database)
    migrate.upgrade(empty_database, "0001")
    with pytest.raises(ConfigurationError, match=r"older version.*greenroom db upgrade"):
        migrate.require_current(empty_database)
    migrate.upgrade(empty_database)
    migrate.require_current(empty_database)


@pytest.mark.parametrize("act", [migrate.upgrade, migrate.state, migrate.require_current])
def test_a_newer_database_is_left_alone(database: Engine, act: "object") -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert callable(act)
    with pytest.raises(ConfigurationError, match="belongs to a newer version"):
        act(database)
    with database.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_two_who_upgrade_at_once_take_turns(empty_database: Engine) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def run() -> None:
        engine = db.make_engine(
            empty_database.url.render_as_string(hide_password=False),
        )
        try:
            start.wait()
            migrate.upgrade(engine)
        except BaseException as error:
            failures.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert migrate.state(empty_database) == "current"


def test_foreign_keys_hold_after_an_upgrade(empty_database: Engine) -> None:
    """SQLite has them switched off while tables are rebuilt."""
    migrate.upgrade(empty_database)
    with empty_database.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize(
    ("url", "said", "remedy"),
    [
        ("sqlite:////nowhere/at/all/greenroom.db", "unable to open", "folder may be written"),
        (
            "postgresql+psycopg://somebody:secret@127.0.0.1:1/greenroom",
            "Connection refused",
            "GREENROOM_DATABASE_URL",
        ),
    ],
)
@pytest.mark.parametrize("act", [migrate.upgrade, migrate.state])
def test_a_database_that_does_not_answer_is_a_sentence_without_its_password(
    environment: Environment, url: str, said: str, remedy: str, act: "object"
) -> None:
    environment.set(database_url=url)
    assert callable(act)
    with pytest.raises(ConfigurationError) as told:
        act(db.engine())
    message = re.sub(r"\s+", " ", str(told.value))
    assert "cannot be used" in message
    assert said.lower() in message.lower()
    assert remedy in message
    assert "secret" not in message


def test_a_file_that_is_no_database(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "greenroom.db"
    path.write_text("This is a letter." * 1000)
    environment.set(database_url=f"sqlite:///{path}")
    with pytest.raises(ConfigurationError, match="not a database"):
        migrate.upgrade(db.engine())
    assert path.read_text().startswith("This is a letter.")


def test_a_data_folder_that_cannot_be_made_is_a_sentence(
    environment: Environment, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.set(data_dir=str(tmp_path / "file" / "data"))
    with pytest.raises(ConfigurationError, match=r"cannot be written.*GREENROOM_DATA_DIR"):
        migrate.upgrade(db.engine())


def test_the_data_folder_is_its_owners_alone(environment: Environment, tmp_path: Path) -> None:
    environment.set(data_dir=str(tmp_path / "a" / "data"))
    migrate.upgrade(db.engine())
    assert (tmp_path / "a" / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "data" / "greenroom.db").exists()
