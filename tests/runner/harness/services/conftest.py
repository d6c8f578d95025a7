"""Services as the harness starts them: in processes that are forked from this one."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.beside import Start, started


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a service by its name. It is stopped at the end."""
    with ExitStack() as stopping:
        yield lambda name: stopping.enter_context(started(name))
