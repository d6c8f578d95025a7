"""`greenroom users add`: the password comes by standard input, and what is wrong is said."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from greenroom.accounts import service
from greenroom.accounts.models import User
from greenroom.core import db
from tests.support.environment import Environment
from tests.support.program import Program
from tests.support.serving import PROGRAM, own_environment

ADA = "ada@example.com"
GOOD = "correct horse battery\n"

REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "nothing": (ADA, "", "No password came on standard input. Send it as one line."),
    "empty line": (ADA, "\n", "No password came on standard input. Send it as one line."),
    "too short": (ADA, "short\n", "The password is too short. Use at least 10 characters."),
    "too long": (ADA, "x" * 5000, "The password is too long. Use at most 1000 characters."),
    "nul": (ADA, "correct\0horse\n", "The password holds a NUL character."),
    "no text": (ADA, b"\xff\xfe correct horse\n", "The password is not UTF-8."),
    "no address": ("ada", GOOD, "“ada” is not an e-mail address: "),
    "nul in the address": ("a\0da@example.com", GOOD, "is not an e-mail address: "),
}


@pytest.fixture(autouse=True)
def tables(database: Engine) -> None:
    """Every test here is on a database of its own, on both kinds."""


def add(program: Program, email: str, *options: str, given: str | bytes = GOOD) -> tuple[int, str]:
    ended = program("users", "add", email, *options, "--password-stdin", given=given)
    return ended.status, ended.everything


def people() -> list[tuple[str, str]]:
    with db.transaction() as session:
        return [(user.email, user.name) for user in session.scalars(select(User))]


def test_adds_a_person_who_can_sign_in(program: Program, session: Session) -> None:
    assert add(program, "Ada@Example.com", "--role", "admin") == (
        0,
        "Added ada@example.com as admin.\n",
    )
    assert service.authenticate(session, ADA, GOOD.strip()).role == "admin"
    assert people() == [(ADA, "ada")]


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str, program: Program) -> None:
    email, password, sentence = REFUSED[case]
    status, told = add(program, email, given=password)
    assert status == 1
    assert sentence in told
    assert people() == []


def test_refuses_a_role_that_there_is_not(program: Program) -> None:
    status, told = add(program, ADA, "--role", "king")
    assert status == 1
    assert told.startswith("There is no role “king”. Use one of: candidate, interviewer,")
    assert people() == []


def test_refuses_a_name_that_is_too_long(program: Program) -> None:
    told = (1, "The name is too long. Use at most 200 characters.\n")
    assert add(program, ADA, "--name", "x" * 201) == told
    assert people() == []


def test_refuses_an_address_that_is_taken(program: Program, session: Session) -> None:
    add(program, ADA)
    told = (1, "There is somebody with the address ada@example.com already.\n")
    assert add(program, "ADA@example.com", given="another long one\n") == told
    assert service.authenticate(session, ADA, GOOD.strip()).role == "candidate"


def test_without_a_terminal_it_says_how_to_send_the_password(program: Program) -> None:
    ended = program("users", "add", ADA)
    assert ended.status == 1
    assert ended.told == "There is no terminal to ask for the password. Use --password-stdin.\n"


def test_without_any_standard_input(tmp_path: Path, environment: Environment) -> None:
    url = environment.set().database
    add_it = f"exec {' '.join(PROGRAM)} users add {ADA} --password-stdin <&-"
    done = subprocess.run(
        ["sh", "-c", add_it],
        env=own_environment(tmp_path / "data", {"GREENROOM_DATABASE_URL": url}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "No password came on standard input. Send it as one line.\n"
