"""Both databases, migrated once a run and copied for each test."""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from greenroom.core import db, migrate
from tests.support import postgres, processes
from tests.support.environment import Environment

BOTH = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A real PostgreSQL server for the whole run, on a socket of its own."""
    with postgres.cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: postgres.Cluster) -> str:
    """The name of a migrated database that the tests' own are copied from."""
    name = "migrated"
    postgres_cluster.run(f"CREATE DATABASE {name}")
    _migrate(postgres_cluster.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that the tests' own are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    # Leave one file: what is in the write-ahead log would be missing in a copy.
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return path


def _migrate(url: str) -> None:
    engine = db.make_engine(url)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


@contextmanager
def _copy(cluster: postgres.Cluster, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    cluster.run(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield cluster.url(name)
    finally:
        processes.forget()
        cluster.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Run the test once on each database."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_database(
    database_kind: str,
    tmp_path: Path,
    environment: Environment,
    request: pytest.FixtureRequest,
) -> Iterator[Engine]:
    """A database without a single table, which the settings point at."""
    if database_kind == "sqlite":
        environment.set(database_url=f"sqlite:///{tmp_path / 'greenroom.db'}")
        yield db.engine()
        return
    with _copy(request.getfixturevalue("postgres_cluster"), "template1") as url:
        environment.set(database_url=url)
        yield db.engine()


@pytest.fixture
def database(
    database_kind: str,
    tmp_path: Path,
    environment: Environment,
    request: pytest.FixtureRequest,
) -> Iterator[Engine]:
    """A migrated database of the test's own, which the settings point at."""
    if database_kind == "sqlite":
        path = tmp_path / "greenroom.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        environment.set(database_url=f"sqlite:///{path}")
        yield db.engine()
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with _copy(cluster, request.getfixturevalue("postgres_template")) as url:
        environment.set(database_url=url)
        yield db.engine()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """A session on the test's database. Commit to let other connections see what was made."""
    with db.session_factory()() as opened:
        yield opened
