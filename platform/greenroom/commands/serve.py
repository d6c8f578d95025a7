"""`greenroom serve`: the whole site, or with `--only web` the web process alone."""

import os
from typing import Annotated, Literal

import typer

from greenroom.commands.sandbox import chosen
from greenroom.commands.terminal import plain_faults
from greenroom.core import migrate
from greenroom.core.config import settings
from greenroom.core.db import engine
from greenroom.serve.listen import listen, web_command
from greenroom.serve.site import Site
from greenroom.web import assets

app = typer.Typer(add_completion=False)


@app.command()
@plain_faults
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    only: Annotated[
        Literal["web"] | None,
        typer.Option(help="Start the web process alone; the other parts run elsewhere."),
    ] = None,
) -> None:
    """Start the site, and stop all of it at Ctrl-C."""
    for name, value in (("GREENROOM_HOST", host), ("GREENROOM_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    assets.require_bundle()
    if only == "web":
        _serve_web()
    else:
        Site(settings(), chosen(settings(), _say), _say).run()


def _serve_web() -> None:
    """Become the web process."""
    migrate.require_current(engine())
    with listen(settings().host, settings().port) as opened:
        opened.set_inheritable(True)
        command = web_command(opened.fileno())
        os.execv(command[0], command)  # noqa: S606 a list of ours, no shell


def _say(line: str) -> None:
    typer.echo(line)
