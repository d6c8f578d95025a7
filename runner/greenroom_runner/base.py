"""The image that the sandbox image stands on, found, pulled or made from Debian packages.

Most machines have or can pull the official Python image. Where no registry answers, `debootstrap` makes a
small Debian with the same Python, which needs root and a Debian mirror; the archive is cached.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from greenroom_runner.connection import ENGINE_ERRORS, connect, reason
from greenroom_runner.status import Progress

PUBLIC_BASE = "python:3.13-slim"
LOCAL_BASE = "greenroom-base:latest"
RECIPE_LABEL = "greenroom.recipe"
SUITE = "trixie"
PACKAGES = "python3,python3-venv,ca-certificates"
RECIPE = hashlib.sha256(f"{SUITE} {PACKAGES} 1\n".encode()[:-1]).hexdigest()[:16]
PULL_SILENCE_SECONDS = 20
DEBOOTSTRAP_SECONDS = 900

Report = Callable[[Progress], None]


class ImageError(RuntimeError):
    """An image cannot be made; the message says what to do."""


def choose(client: docker.DockerClient, report: Report) -> str:
    """Return the name of a base image that is present, making one where none can be pulled."""
    if has_image(client, PUBLIC_BASE) or _pull(client, report):
        return PUBLIC_BASE
    if has_image(client, LOCAL_BASE):
        return LOCAL_BASE
    return make_local(client, report)


def has_image(client: docker.DockerClient, name: str) -> bool:
    """Say whether the engine holds the image."""
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _pull(client: docker.DockerClient, report: Report) -> bool:
    report(Progress(step="Pulling the base image", detail=PUBLIC_BASE))
    repository, tag = PUBLIC_BASE.split(":")
    impatient = connect(client.api.base_url_of_engine, PULL_SILENCE_SECONDS)
    try:
        for line in impatient.api.pull(repository, tag=tag, stream=True, decode=True):
            if "error" in line:
                raise ImageError(str(line["error"]))
            report(Progress(step="Pulling the base image", detail=str(line.get("status", ""))))
    except (*ENGINE_ERRORS, ImageError) as error:
        report(Progress(step="The base image cannot be pulled", detail=reason(error)))
        return False
    finally:
        impatient.close()
    return has_image(client, PUBLIC_BASE)
