"""The command line: `greenroom serve | worker | db | bank | users | images | doctor`."""

from importlib.metadata import version
from typing import Annotated

import typer

from greenroom.commands import users

app = typer.Typer(
    name="greenroom",
    help="A self-hosted place to practise backend interviews.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.add_typer(users.app, name="users")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("greenroom"))
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
