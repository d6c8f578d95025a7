"""A fake engine, and what the parts around it share."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from greenroom_runner.pool import Pool, PoolSettings
from tests.support.fake_engine import FakeEngine

NEVER = threading.Event()
StartPool = Callable[..., Pool]


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with closing(FakeEngine()) as engine:
        yield engine


@pytest.fixture
def start_pool(engine: FakeEngine) -> Iterator[StartPool]:
    """Start a pool of the fake engine with these settings; it is closed when the test ends."""
    pools = []

    def start(clock: Callable[[], float] = time.monotonic, **settings: object) -> Pool:
        quick = {"memory_mib": 1024, "first_pause": 0.01, "longest_pause": 0.02}
        pool = Pool(engine, PoolSettings(**{**quick, **settings}), clock)  # type: ignore[arg-type]
        pools.append(pool)
        pool.start()
        return pool

    yield start
    for pool in pools:
        for sandbox in pool.close():
            sandbox.stop()
        engine.gate.set()
        pool.join(10)
