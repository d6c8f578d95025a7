"""How the tables stand against what this program needs, and the way from one to the other."""

from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError

from greenroom.core import data_folder
from greenroom.core.config import settings
from greenroom.core.errors import ConfigurationError
from greenroom.core.paths import data_path

State = Literal["empty", "old", "current"]
# Two programs that start together must not both upgrade; the number only has to be ours.
_LOCK = 7_305_812_194


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to `revision` in one transaction: all of it happens, or nothing."""
    _prepare_folder(engine)
    try:
        _upgrade(engine, revision)
    except DatabaseError as error:
        raise _unusable(engine, error) from error


def _upgrade(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _begin_sqlite(connection)
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        _refuse_newer(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
        # A pooled connection may be used again: this one had foreign keys switched off.
        connection.invalidate()


def _begin_sqlite(connection: Connection) -> None:
    # To change a table SQLite builds a new one and drops the old: with foreign keys on, that would
    # delete the rows that point to it. The driver opens no transaction for DDL by itself.
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def state(engine: Engine) -> State:
    """Return how the tables stand; a database of a newer program is a ConfigurationError."""
    _prepare_folder(engine)
    try:
        with engine.connect() as connection:
            _refuse_newer(connection)
            heads = set(MigrationContext.configure(connection).get_current_heads())
    except DatabaseError as error:
        raise _unusable(engine, error) from error
    if not heads:
        return "empty"
    return "current" if heads == set(_scripts().get_heads()) else "old"


def require_current(engine: Engine) -> None:
    """Raise a ConfigurationError that says what to do unless the tables are as needed."""
    found = state(engine)
    if found != "current":
        what = "has no tables yet" if found == "empty" else "is from an older version"
        raise ConfigurationError(
            f"The database {what}. Run `greenroom db upgrade`, then try again."
        )


def alembic_config() -> Config:
    """Return Alembic's configuration, for a checkout and for an installed package alike."""
    config = Config()
    config.set_main_option("script_location", str(data_path("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def _refuse_newer(connection: Connection) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise ConfigurationError(
            "The database belongs to a newer version of Greenroom. Install that version, "
            "or restore a backup made before the upgrade."
        )


def _prepare_folder(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and not settings().database_url:
        data_folder.prepare(settings().data_dir)


def _unusable(engine: Engine, error: DBAPIError) -> ConfigurationError:
    place = engine.url.render_as_string(hide_password=True)
    reason = " ".join(str(error.orig).split()).rstrip(".?")
    if engine.dialect.name != "sqlite":
        remedy = "Check that it is running, and GREENROOM_DATABASE_URL."
    elif "not a database" in reason:
        remedy = "Bring a backup back, or move it away: then a new one is made."
    else:
        remedy = "Check that its folder may be written and the disk has room."
    return ConfigurationError(f"The database {place} cannot be used: {reason}. {remedy}")
