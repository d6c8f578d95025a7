"""The command line: `greenroom serve | worker | runner | db | bank | judgements | users | ...`.

A command's module is imported when the command is asked for, so that none pays for the libraries
of the others.
"""

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

COMMANDS = (
    *("serve", "worker", "runner", "db", "bank", "judgements"),
    *("images", "users", "doctor", "bench"),
)
"""Each is a module of greenroom.commands with a `typer.Typer` called `app`."""


class Commands(TyperGroup):
    """All commands, each imported at its first use."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 the parser's own type
        """Return the names in the order in which they are told."""
        return [name for name in COMMANDS if find_spec(f"greenroom.commands.{name}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 the parser's own type
        """Return a command by its name, None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = typer.main.get_command(import_module(f"greenroom.commands.{cmd_name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="greenroom",
    cls=Commands,
    help="A self-hosted place to practise backend interviews.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


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


if __name__ == "__main__":
    app()
