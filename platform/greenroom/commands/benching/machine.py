"""What a benchmark was run on. Facts for whoever compares two reports."""

import os
import platform
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from greenroom.core.clock import now
from greenroom_runner import images
from greenroom_runner.connection import EngineAwayError, connect


def facts() -> dict[str, str]:
    """Return what tells this machine from another, in the order in which it is shown."""
    return dict(_facts())


def _facts() -> Iterator[tuple[str, str]]:
    yield "Measured", f"{now():%Y-%m-%d %H:%M} UTC"
    yield "Greenroom", version("greenroom")
    yield "Python", platform.python_version()
    yield "Processors", f"{os.cpu_count()} ({_processor()})"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield "Memory", f"{memory / 1024**3:.0f} GiB"
    yield "Kernel", platform.release()
    yield "Load before", f"{os.getloadavg()[0]:.2f}"
    yield from _engine()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _engine() -> Iterator[tuple[str, str]]:
    try:
        client = connect()
    except EngineAwayError:
        yield "Container engine", "none"
        return
    with closing(client):
        about = client.info()
        yield "Container engine", f"{about['ServerVersion']}, runtime {about['DefaultRuntime']}"
        yield "Control groups", f"version {about.get('CgroupVersion', '1')}"
        image = images.find(client)
        yield "Sandbox image", image.digest if image else "not built"
