"""What each command says of a database that is not as it needs it, and that it leaves it alone."""

from pathlib import Path

import pytest

from greenroom.core import db, migrate
from tests.support.bank_folder import write_bank
from tests.support.environment import Environment
from tests.support.postgres import Cluster
from tests.support.program import Program

UPGRADE = "Run `greenroom db upgrade`, then try again.\n"
NEEDS_TABLES = ("worker", "serve --only web", "bank load", "users add a@b.example --password-stdin")
NEEDS_A_DATABASE = (*NEEDS_TABLES, "db upgrade", "serve")
PASSWORD = "correct horse battery\n"


@pytest.fixture
def file(tmp_path: Path, environment: Environment) -> Path:
    """The file of the database in the data folder; it is not there yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    bank = write_bank(tmp_path / "bank")
    environment.set(question_bank=str(bank), sandbox="local")
    return folder / "greenroom.db"


def told(program: Program, command: str) -> str:
    """Run a command that must fail; return what it told."""
    ended = program(*command.split(), given=PASSWORD)
    assert ended.status == 1
    return ended.told


@pytest.mark.parametrize("command", NEEDS_TABLES)
def test_none_yet(command: str, file: Path, program: Program) -> None:
    assert told(program, command) == f"The database has no tables yet. {UPGRADE}"


@pytest.mark.parametrize("command", NEEDS_TABLES)
def test_an_old_one(command: str, file: Path, program: Program) -> None:
    migrate.upgrade(db.engine(), "0001")
    assert told(program, command) == f"The database is from an older version. {UPGRADE}"
    assert migrate.state(db.engine()) == "old"


@pytest.mark.parametrize("command", NEEDS_A_DATABASE)
def test_a_newer_one(command: str, file: Path, program: Program) -> None:
    migrate.upgrade(db.engine())
    with db.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert told(program, command) == (
        "The database belongs to a newer version of Greenroom. Install that version, "
        "or restore a backup made before the upgrade.\n"
    )


@pytest.mark.parametrize("command", NEEDS_A_DATABASE)
def test_a_file_that_is_none(command: str, file: Path, program: Program) -> None:
    letter = b"Dear diary, " * 400
    file.write_bytes(letter)
    assert told(program, command) == (
        f"The database sqlite:///{file} cannot be used: file is not a database. "
        "Bring a backup back, or move it away: then a new one is made.\n"
    )
    assert file.read_bytes() == letter


@pytest.mark.parametrize("command", NEEDS_A_DATABASE)
def test_a_server_that_does_not_answer(
    command: str, file: Path, program: Program, environment: Environment
) -> None:
    environment.set(database_url="postgresql://ada:secret@127.0.0.1:9/greenroom")
    sentence = told(program, command)
    assert sentence.startswith(
        "The database postgresql+psycopg://ada:***@127.0.0.1:9/greenroom cannot be used: "
    )
    assert sentence.endswith("Check that it is running, and GREENROOM_DATABASE_URL.\n")
    assert len(sentence.splitlines()) == 1
    assert not file.exists()


def test_upgrade_says_what_it_did(file: Path, program: Program) -> None:
    said = [program("db", "upgrade").out for _ in range(2)]
    place = f"sqlite:///{file}"
    assert said == [f"{place}: made its tables.\n", f"{place}: it is current already.\n"]


def test_upgrade_brings_an_old_one_up(file: Path, program: Program) -> None:
    migrate.upgrade(db.engine(), "0001")
    assert program("db", "upgrade").out.endswith("brought it to the newest version.\n")
    assert migrate.state(db.engine()) == "current"


def test_upgrade_never_shows_a_password(
    program: Program, environment: Environment, postgres_cluster: Cluster
) -> None:
    postgres_cluster.run("CREATE DATABASE commands")
    place = postgres_cluster.url("commands").replace("@/", ":secret@/")
    environment.set(database_url=place)
    ended = program("db", "upgrade")
    assert ended.status == 0
    assert "secret" not in ended.everything
