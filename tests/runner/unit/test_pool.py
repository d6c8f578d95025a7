import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.engine import EngineError
from greenroom_runner.pool import (
    CANDIDATE_MEBIBYTES,
    SPARE_JUDGE,
    Pool,
    PoolSettings,
    PoolStoppedError,
    within_budget,
)
from tests.runner.unit.conftest import NEVER, StartPool
from tests.support.fake_engine import FakeEngine
from tests.support.sandboxes import eventually


def full(pool: Pool) -> bool:
    return all(count.warm == count.wanted for count in pool.counts().values())


def test_fills_to_its_sizes(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(sizes={"fastapi": 2, "pydantic": 1})
    eventually(lambda: full(pool), "the pool never filled")
    assert sorted(sandbox.kind for sandbox in engine.alive()) == [
        "fastapi",
        "fastapi",
        "judge",
        "pydantic",
    ]


def test_hands_each_sandbox_out_once_and_refills(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(sizes={"fastapi": 1})
    taken = [pool.take("fastapi", NEVER, 10) for _ in range(5)]
    assert len({sandbox.id for sandbox in taken}) == 5
    eventually(lambda: full(pool), "the pool was not refilled")
    assert not any(sandbox.stopped for sandbox in engine.started)


def test_starts_a_kind_that_is_not_kept_warm(start_pool: StartPool) -> None:
    pool = start_pool(sizes={"fastapi": 1})
    assert pool.take("everything", NEVER, 10).id
    assert "everything" not in pool.counts()


def test_starts_what_is_waited_for_before_it_fills_up(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.gate.clear()
    pool = start_pool(sizes={"fastapi": 3, "pydantic": 3})
    taken = threading.Thread(target=pool.take, args=("sqlalchemy", NEVER, 10))
    taken.start()
    eventually(lambda: pool._waiting["sqlalchemy"], "nobody waits")
    engine.gate.set()
    taken.join(10)
    # The first was under way already.
    assert [sandbox.kind for sandbox in engine.started[:2]][1] == "sqlalchemy"


def test_never_hands_out_a_sandbox_that_died(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(sizes={"fastapi": 1})
    eventually(lambda: full(pool), "the pool never filled")
    [dead] = engine.alive("fastapi")
    dead.die()
    assert pool.take("fastapi", NEVER, 10).id != dead.id
    eventually(lambda: dead.stopped, "what died was not put away")


def test_never_hands_out_a_sandbox_that_spoke_unasked(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(sizes={"fastapi": 1})
    eventually(lambda: full(pool), "the pool never filled")
    [noisy] = engine.alive("fastapi")
    noisy.say({"t": "loaded", "ms": 1, "error": None})
    assert pool.take("fastapi", NEVER, 10).id != noisy.id


def test_replaces_what_died_without_being_asked(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(sizes={"fastapi": 1}, health_seconds=0.02)
    eventually(lambda: full(pool), "the pool never filled")
    [dead] = engine.alive("fastapi")
    dead.die()
    eventually(
        lambda: full(pool) and [one.id for one in engine.alive("fastapi")] != [dead.id],
        "what died was not replaced",
    )


def test_says_why_nothing_can_be_had(engine: FakeEngine, start_pool: StartPool) -> None:
    engine.away = "The engine is on holiday."
    pool = start_pool()
    with pytest.raises(EngineError, match="on holiday"):
        pool.take("fastapi", NEVER, 0.2)
    assert pool.last_error == "The engine is on holiday."


def test_recovers_when_the_engine_is_back(engine: FakeEngine, start_pool: StartPool) -> None:
    engine.away = "away"
    pool = start_pool(first_pause=3600, longest_pause=3600)
    eventually(lambda: pool.last_error, "the pool did not notice")
    engine.away = ""
    pool.start()  # what the watcher of the engine does: no pause is waited out
    assert pool.take("fastapi", NEVER, 10).id
    assert pool.last_error == ""


def test_a_sandbox_that_never_gets_ready_is_put_away(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.deaf = True
    pool = start_pool(start_seconds=0.05)
    with pytest.raises(EngineError, match="did not start"):
        pool.take("fastapi", NEVER, 0.3)
    pool.close()
    pool.join(10)
    assert engine.started
    assert engine.alive() == []


def test_a_taker_that_gave_up_is_released(engine: FakeEngine, start_pool: StartPool) -> None:
    engine.away = "away"
    pool = start_pool()
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(PoolStoppedError):
        pool.take("fastapi", cancelled, 3600)


def test_a_closed_pool_gives_everything_away_and_hands_out_nothing(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(sizes={"fastapi": 1})
    eventually(lambda: full(pool), "the pool never filled")
    assert {sandbox.id for sandbox in pool.close()} == {one.id for one in engine.alive()}
    with pytest.raises(PoolStoppedError):
        pool.take("fastapi", NEVER, 10)


def test_what_starts_while_the_pool_closes_is_stopped(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.gate.clear()
    pool = start_pool(sizes={"fastapi": 1})
    eventually(lambda: pool.counts()["fastapi"].starting, "nothing was started")
    assert pool.close() == []
    engine.gate.set()
    pool.join(10)
    assert len(engine.started) == 1
    assert engine.alive() == []


def test_what_warms_up_while_the_pool_closes_is_not_waited_for(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.deaf = True
    pool = start_pool(start_seconds=3600)
    eventually(lambda: pool._warming, "nothing was started")
    [begun] = pool.close()
    begun.stop()
    pool.join(10)
    assert not pool._thread.is_alive()


def test_refills_only_after_the_judgement_had_the_machine_to_itself(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(sizes={"fastapi": 2}, refill_delay=0.3)
    pool.take("fastapi", NEVER, 10)
    begun = time.monotonic()
    eventually(lambda: full(pool), "the pool was not refilled")
    assert time.monotonic() - begun >= 0.25


sizes = st.dictionaries(
    st.sampled_from(["pydantic", "sqlalchemy", "fastapi", "everything"]), st.integers(0, 5)
)


@given(sizes=sizes, memory=st.integers(0, 4096))
def test_stays_within_its_memory(sizes: dict[str, int], memory: int) -> None:
    granted = within_budget(PoolSettings(sizes=sizes, memory_mib=memory))
    assert sum(granted.values()) * CANDIDATE_MEBIBYTES <= memory
    assert all(granted[kind] <= wanted for kind, wanted in sizes.items())
    assert granted[SPARE_JUDGE] <= 1


@given(sizes=sizes, memory=st.integers(0, 4096))
def test_every_kind_gets_its_first_before_any_gets_its_second(
    sizes: dict[str, int], memory: int
) -> None:
    granted = within_budget(PoolSettings(sizes=sizes, memory_mib=memory))
    wanted = {**sizes, SPARE_JUDGE: 1}
    without = [kind for kind, count in granted.items() if count == 0 and wanted[kind] > 0]
    assert not without or max(granted.values()) <= 1
