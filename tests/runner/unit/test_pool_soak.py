"""Many callers, little memory, an engine that fails and sandboxes that die: nothing is lost, and
the pool keeps its budget.
"""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from greenroom_runner.engine import EngineError
from greenroom_runner.kinds import JUDGE, cost_mib
from greenroom_runner.pool import Pool
from greenroom_runner.request import Beside, Profile
from tests.runner.unit.conftest import NEVER, StartPool
from tests.support.fake_engine import FakeEngine, FakeSandbox
from tests.support.sandboxes import eventually

KINDS = ["pydantic", "sqlalchemy", "fastapi", "fastapi+redis", "everything+postgres", JUDGE]
BUDGET = 200
CALLERS = 6
TURNS = 60
HURRY = 2000
"""How much faster than ours the time of what was asked for passes."""


class Unreliable(FakeEngine):
    """Every seventh start fails, every fifth sandbox dies as soon as it is warm."""

    def start_candidate(self, profile: Profile, services: Sequence[Beside] = ()) -> FakeSandbox:
        number = next(self._numbers)
        if number % 7 == 0:
            raise EngineError("The engine stumbled.")
        sandbox = super().start_candidate(profile, services)
        if number % 5 == 0:
            sandbox.die()
        return sandbox


class Callers:
    """Take sandboxes and stop them, each caller by a random choice of its own."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.taken: list[str] = []
        self.over: list[int] = []
        self.threads = [
            threading.Thread(target=self._work, args=(seed,), daemon=True)
            for seed in range(CALLERS)
        ]

    def work(self) -> None:
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(60)

    def _work(self, seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(TURNS):
            sandbox = self.pool.take(choice.choice(KINDS), NEVER, 30)
            assert not sandbox.stopped
            self.taken.append(sandbox.id)
            self._look()
            sandbox.stop()

    def _look(self) -> None:
        """Note what the pool holds beyond its budget and one for each caller that waits."""
        dearest = max(map(cost_mib, KINDS))
        held = sum(
            cost_mib(kind) * (count.warm + count.starting)
            for kind, count in self.pool.counts().items()
        )
        self.over.append(held - BUDGET - CALLERS * dearest)


@pytest.fixture
def engine() -> Iterator[Unreliable]:
    with closing(Unreliable()) as engine:
        yield engine


def test_many_callers_and_little_memory(engine: Unreliable, start_pool: StartPool) -> None:
    pool = start_pool(
        clock=lambda: time.monotonic() * HURRY,
        memory_mib=BUDGET,
        starters=3,
        quiet_seconds=0.01,
        health_seconds=0.02,
    )
    callers = Callers(pool)
    callers.work()
    assert len(callers.taken) == CALLERS * TURNS
    assert len(set(callers.taken)) == len(callers.taken), "one was handed out twice"
    assert max(callers.over) <= 0

    def at_rest() -> bool:
        counts = pool.counts()
        return all(one.warm == one.wanted and not one.starting for one in counts.values())

    eventually(at_rest, "the pool never came to rest")
    assert 0 < pool.memory().used_mib <= BUDGET
    for sandbox in pool.close():
        sandbox.stop()
    pool.join(10)
    eventually(lambda: not engine.alive(), "sandboxes were left")
