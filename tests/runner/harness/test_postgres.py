"""A real PostgreSQL beside an answer: what a check changes is undone, and nothing ends it for
long.
"""

import datetime as dt
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from greenroom_runner.harness.services import postgres as module
from greenroom_runner.harness.services.postgres import Postgres
from greenroom_runner.harness.services.programs import identity
from greenroom_runner.harness.services.protocol import Service, ServiceError
from tests.support.beside import running
from tests.support.sandboxes import eventually

Connection = psycopg.Connection[tuple[object, ...]]
NAMES = "SELECT name FROM people ORDER BY id"


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[Service, str]]:
    with running("postgres") as (service, environment):
        yield service, environment["DATABASE_URL"].replace("+psycopg", "")


@pytest.fixture
def url(started: tuple[Service, str]) -> str:
    return started[1]


@pytest.fixture
def service(started: tuple[Service, str], url: str) -> Service:
    """The service after an answer was loaded that made a table with a row in it."""
    service = started[0]
    service.reset()
    with connected(url) as connection:
        connection.execute("DROP TABLE IF EXISTS people, more")
        connection.execute("CREATE TABLE people (id serial PRIMARY KEY, name text UNIQUE)")
        connection.execute("INSERT INTO people (name) VALUES ('Ada')")
    service.keep()
    return service


def connected(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True)


def test_what_loading_left_is_there_before_every_check(service: Service, url: str) -> None:
    for _ in range(2):
        with connected(url) as connection:
            connection.execute("INSERT INTO people (name) VALUES ('Bob') RETURNING id")
            assert service.ask(NAMES, []) == [("Ada",), ("Bob",)]
            connection.execute("CREATE TABLE more (id int)")
            connection.execute("CREATE SCHEMA tenant")
            connection.execute("CREATE DATABASE other")
            connection.execute("CREATE ROLE reader")
            connection.execute("GRANT SELECT ON people TO reader")
            connection.execute("ALTER ROLE answer SET work_mem = '5MB'")
        service.reset()
    assert service.ask(NAMES, []) == [("Ada",)]
    assert service.ask("SELECT to_regclass('more'), to_regnamespace('tenant')", []) == [
        (None, None)
    ]
    assert service.ask("SELECT count(*) FROM pg_database WHERE datname = 'other'", []) == [(0,)]
    assert service.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'reader'", []) == [(0,)]
    assert service.ask("SHOW work_mem", []) == [("4MB",)]
    [(number,)] = service.ask("INSERT INTO people (name) VALUES ('Eve') RETURNING id", [])
    assert number == 2, "the sequence went back too"


def test_what_loading_made_beside_the_database_stays(service: Service, url: str) -> None:
    with connected(url) as connection:
        connection.execute("CREATE ROLE writer")
        connection.execute("CREATE DATABASE shard")
    service.keep()
    with connected(url) as connection:
        connection.execute("INSERT INTO people (name) VALUES ('Bob')")
    service.reset()
    assert service.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'writer'", []) == [(1,)]
    with connected(url) as connection:
        connection.execute("DROP DATABASE shard")
        connection.execute("DROP ROLE writer")


def test_a_transaction_that_was_left_open_is_gone(service: Service, url: str) -> None:
    left = psycopg.connect(url)
    left.execute("LOCK TABLE people")
    with pytest.raises(ServiceError, match="lock timeout"):
        service.ask("INSERT INTO people (name) VALUES ('Bob')", [])
    service.reset()
    assert service.ask(NAMES, []) == [("Ada",)]
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")


def test_the_answer_is_no_superuser_and_has_no_way_to_become_one(url: str) -> None:
    with connected(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("COPY pg_class TO PROGRAM 'true'")
    stranger = url.replace("answer:answer", "greenroom")
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        connected(stranger)


def test_it_gives_plain_values(service: Service) -> None:
    [row] = service.ask("SELECT %s::int, 1.5, now(), NULL, '[1]'::jsonb, ARRAY[1]", [7])
    number, price, moment, *others = row
    assert (number, price, others) == (7, Decimal("1.5"), [None, [1], [1]])
    assert moment.utcoffset() == dt.timedelta(0)
    assert service.ask("CREATE TABLE more (id int)", []) == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("SELECT * FROM nowhere", 'PostgreSQL: relation "nowhere" does not exist'),
        ("SELECT 1 / 0", "PostgreSQL: division by zero"),
        ("SELECT pg_sleep(10)", "PostgreSQL: canceling statement due to statement timeout"),
        ("SELECT %s", "PostgreSQL: the query has 1 placeholder"),
    ],
)
def test_what_it_cannot_answer_is_said_in_a_sentence(
    service: Service, question: str, sentence: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        service.ask(question, [1, 2] if "%" in question else [])
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("victim", ["server", "session"])
def test_it_comes_back_with_what_was_kept(service: Service, url: str, victim: str) -> None:
    with connected(url) as connection:
        connection.execute("INSERT INTO people (name) VALUES ('Bob')")
        os.kill(_pid(service, connection, victim), signal.SIGKILL)
    # The server needs a moment to see that one of its processes is gone.
    eventually(lambda: _silent(service), "PostgreSQL answered on")
    service.reset()
    assert service.ask(NAMES, []) == [("Ada",)]


def test_it_comes_back_though_its_lock_names_a_process_that_lives(
    service: Service, url: str
) -> None:
    assert isinstance(service, Postgres)
    lock = service._folder / "data" / "postmaster.pid"
    with connected(url) as connection:
        os.kill(_pid(service, connection, "server"), signal.SIGKILL)
        eventually(lambda: _silent(service), "PostgreSQL answered on")
    with subprocess.Popen(["sleep", "60"], **identity()) as other:
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(other.pid), *lines[1:]]))
        service.reset()
        other.kill()
    assert service.ask(NAMES, []) == [("Ada",)]


def _silent(service: Service) -> bool:
    try:
        service.ask(NAMES, [])
    except ServiceError as problem:
        return str(problem) == "PostgreSQL does not answer."
    return False


def _pid(service: Service, connection: Connection, victim: str) -> int:
    if victim == "session":
        return connection.info.backend_pid
    assert isinstance(service, Postgres)
    return int((service._folder / "data" / "postmaster.pid").read_text().split()[0])


def test_a_service_without_files_says_that_it_does_not_come_back(url: str) -> None:
    with running("postgres") as (service, environment):
        assert isinstance(service, Postgres)
        shutil.rmtree(service._folder / "data")
        with (
            pytest.raises(psycopg.Error),
            connected(environment["DATABASE_URL"].replace("+psycopg", "")) as connection,
        ):
            connection.execute("CREATE TABLE people (id int)")
        with pytest.raises(ServiceError, match=r"^PostgreSQL does not come back"):
            service.reset()


def test_a_machine_without_a_server_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    with (
        pytest.raises(ServiceError, match="this machine has no PostgreSQL, version 15 or newer"),
        running("postgres"),
    ):
        pass
