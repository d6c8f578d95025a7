"""Real services beside the answer, a module each: they run in the candidate's sandbox, as processes
that the answer can use and not read.

A service's module is imported when a question asks for it, and its libraries with it: they are the
sandbox's, and the harness itself needs the standard library alone.
"""

import importlib
from collections.abc import Iterable

from greenroom_runner.harness.services.needs import with_implied
from greenroom_runner.harness.services.protocol import Service


def make(names: Iterable[str]) -> dict[str, Service]:
    """Return the services of these names and those that they imply, in the order to start them.

    The service `redis` is the class `Redis` of the module `redis`.
    """
    return {name: _class(name)() for name in with_implied(names)}


def _class(name: str) -> type[Service]:
    module = importlib.import_module(f"{__name__}.{name}")
    found: type[Service] = getattr(module, name.capitalize())
    return found
