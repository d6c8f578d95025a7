"""Real services beside the answer, a module each: they run in the candidate's sandbox, as processes
that the answer can use and not read.

A service's module is imported when a question asks for it, and its libraries with it: they are the
sandbox's, and the harness itself needs the standard library alone.
"""

import importlib
from collections.abc import Callable, Iterable

from greenroom_runner.harness.services.needs import IMPLIED, with_implied
from greenroom_runner.harness.services.protocol import Service


def make(names: Iterable[str]) -> dict[str, Service]:
    """Return the services of these names and those that they imply, in the order to start them.

    The service `redis` is the class `Redis` of the module `redis`. It is made with the services
    that it relies on.
    """
    made: dict[str, Service] = {}
    for name in with_implied(names):
        made[name] = _class(name)(*(made[other] for other in IMPLIED.get(name, ())))
    return made


def _class(name: str) -> Callable[..., Service]:
    module = importlib.import_module(f"{__name__}.{name}")
    found: Callable[..., Service] = getattr(module, name.capitalize())
    return found
