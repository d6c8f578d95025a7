"""`greenroom users`: the people who may sign in."""

import sys
from typing import Annotated

import typer

from greenroom.accounts import service
from greenroom.accounts.models import ROLES
from greenroom.commands.terminal import fail, out, plain_faults
from greenroom.core import migrate
from greenroom.core.db import engine, transaction

app = typer.Typer(add_completion=False, help="People who may sign in.", no_args_is_help=True)


@app.callback()
def users() -> None:
    """Keep `add` a command of its own while it is the only one."""


@app.command()
@plain_faults
def add(
    email: Annotated[str, typer.Argument(help="The address that the person signs in with.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")] = "candidate",
    name: Annotated[str, typer.Option(help="How the person is called. Left out: from EMAIL.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a person with a password."""
    password = _from_stdin() if password_stdin else _asked()
    migrate.require_current(engine())
    with transaction() as session:
        person = service.add_user(session, email, role, password, name)
        added = person.email
    out.print(f"Added {added} as {role}.", highlight=False)


def _from_stdin() -> str:
    line = sys.stdin.buffer.readline() if sys.stdin else b""  # None: it was closed
    try:
        password = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        fail("The password is not UTF-8. Send it as one line of plain text.")
    if not password:
        fail("No password came on standard input. Send it as one line.")
    if "\0" in password:
        fail("The password holds a NUL character. Send it as one line of plain text.")
    return password


def _asked() -> str:
    if not (sys.stdin and sys.stdin.isatty()):
        fail("There is no terminal to ask for the password. Use --password-stdin.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
