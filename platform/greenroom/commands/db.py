"""`greenroom db`: the database's tables."""

import typer

from greenroom.commands.terminal import out, plain_faults
from greenroom.core import migrate
from greenroom.core.db import engine

app = typer.Typer(add_completion=False, help="The database's tables.", no_args_is_help=True)


@app.callback()
def db() -> None:
    """Keep `upgrade` a command of its own while it is the only one."""


@app.command()
@plain_faults
def upgrade() -> None:
    """Bring the database to the newest version. A current one is left as it is."""
    before = migrate.state(engine())
    migrate.upgrade(engine())
    done = {
        "empty": "made its tables",
        "old": "brought it to the newest version",
        "current": "it is current already",
    }
    place = engine().url.render_as_string(hide_password=True)
    out.print(f"{place}: {done[before]}.", highlight=False, markup=False)
