"""`greenroom images`: the sandbox image that answers run in."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from greenroom.commands.terminal import fail, out, plain_faults, say
from greenroom_runner import images
from greenroom_runner.base import ImageError
from greenroom_runner.connection import ENGINE_ERRORS, EngineAwayError, connect, reason
from greenroom_runner.status import Progress

app = typer.Typer(
    add_completion=False, help="The sandbox image that answers run in.", no_args_is_help=True
)


@app.command()
@plain_faults
def build(
    base: Annotated[
        str | None,
        typer.Option(help="The image to build on, with Python 3.13. Left out: python:3.13-slim."),
    ] = None,
    wheels: Annotated[
        Path | None,
        typer.Option(help="A folder of wheels, for a machine without a package index."),
    ] = None,
) -> None:
    """Build the sandbox image of this version. At once where it is there already."""
    if wheels is not None and not wheels.is_dir():
        fail(f"There is no folder {wheels}.")
    try:
        image = images.build(_tell, base=base, wheel_folder=wheels)
    except (ImageError, EngineAwayError) as error:
        fail(str(error))
    out.print(_line(image), highlight=False)


@app.command("list")
@plain_faults
def list_images() -> None:
    """List the sandbox images that the engine holds. Those of other versions may be removed."""
    try:
        with closing(connect()) as client:
            found = images.list_images(client)
    except EngineAwayError as error:
        fail(str(error))
    except ENGINE_ERRORS as error:
        fail(f"The container engine failed: {reason(error)}")
    for image in found:
        out.print(_line(image), highlight=False)
    if not found:
        say("There is no sandbox image yet. `greenroom images build` makes it.")


def _line(image: images.SandboxImage) -> str:
    state = "this version" if image.current else "another version"
    return f"{image.name}  on {image.base or 'an unknown base'}  {image.megabytes} MB  {state}"


def _tell(progress: Progress) -> None:
    say(str(progress))
