import threading

import pytest

from greenroom_runner.engine import EngineError, UnableError
from greenroom_runner.kinds import cost_mib
from greenroom_runner.pool import Pool, PoolSettings, PoolStoppedError
from tests.runner.unit.conftest import NEVER, StartPool
from tests.support.fake_engine import FakeEngine
from tests.support.sandboxes import eventually


def full(pool: Pool) -> bool:
    return all(count.warm == count.wanted for count in pool.counts().values())


def test_one_of_each_usual_kind_waits_from_the_beginning(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool()
    eventually(lambda: full(pool), "the pool never filled")
    kinds = sorted(sandbox.kind for sandbox in engine.alive())
    assert kinds == ["fastapi", "judge", "pydantic", "sqlalchemy"]
    assert pool.memory().used_mib == sum(map(cost_mib, kinds))


def test_hands_each_sandbox_out_once_and_refills(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(always=("fastapi",))
    taken = [pool.take("fastapi", NEVER, 10) for _ in range(5)]
    assert len({sandbox.id for sandbox in taken}) == 5
    eventually(lambda: full(pool), "the pool was not refilled")
    assert not any(sandbox.stopped for sandbox in engine.started)


def test_a_kind_that_was_asked_for_once_is_kept_warm(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=("fastapi",))
    pool.take("everything+redis", NEVER, 10).stop()
    eventually(lambda: engine.alive("everything+redis"), "none was started for the next one")


def test_more_wait_when_more_were_asked_for_at_once(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=())
    for _ in range(4):
        pool.take("pydantic", NEVER, 10).stop()
    eventually(lambda: len(engine.alive("pydantic")) == 4, "four were asked for")
    assert pool.counts()["pydantic"].wanted == 4


def test_lets_go_of_what_nobody_asks_for_any_more(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    hours = [0]
    pool = start_pool(always=("fastapi",), health_seconds=0.02, clock=lambda: hours[0] * 3600.0)
    pool.take("pydantic", NEVER, 10).stop()
    eventually(lambda: engine.alive("pydantic"), "none was started for the next one")
    hours[0] += 1
    eventually(lambda: not engine.alive("pydantic"), "it was kept for ever")
    eventually(lambda: full(pool), "what is always wanted was let go too")


def test_what_is_idle_makes_room_for_what_is_waited_for(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=("fastapi",), memory_mib=cost_mib("fastapi"))
    eventually(lambda: full(pool), "the pool never filled")
    [idle] = engine.alive("fastapi")
    assert pool.take("sqlalchemy", NEVER, 10).id
    eventually(lambda: idle.stopped, "it did not make room")


def test_without_memory_every_answer_waits_for_a_start(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(memory_mib=0)
    assert pool.take("fastapi", NEVER, 10).id
    assert pool.take("fastapi", NEVER, 10).id
    assert len(engine.started) == 2
    assert pool.counts() == {}


def test_a_sandbox_of_an_image_before_this_is_replaced(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=("fastapi",), health_seconds=0.02)
    eventually(lambda: full(pool), "the pool never filled")
    [old] = engine.alive("fastapi")
    engine.image = "sha256:another"
    eventually(lambda: old.stopped and full(pool), "it was not replaced")
    assert [one.image for one in engine.alive("fastapi")] == ["sha256:another"]


def test_never_hands_out_a_sandbox_of_an_image_before_this(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=("fastapi",))
    eventually(lambda: full(pool), "the pool never filled")
    engine.image = "sha256:another"
    assert pool.take("fastapi", NEVER, 10).image == "sha256:another"


def test_starts_what_is_waited_for_before_it_fills_up(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.gate.clear()
    pool = start_pool(always=("fastapi", "pydantic"), starters=1)
    taken = threading.Thread(target=pool.take, args=("sqlalchemy", NEVER, 10))
    taken.start()
    eventually(lambda: "sqlalchemy" in pool._waiting, "nobody waits")
    engine.gate.set()
    taken.join(10)
    # The first was under way already.
    assert [sandbox.kind for sandbox in engine.started[:2]][1] == "sqlalchemy"


def test_never_hands_out_a_sandbox_that_died(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(always=("fastapi",))
    eventually(lambda: full(pool), "the pool never filled")
    [dead] = engine.alive("fastapi")
    dead.die()
    assert pool.take("fastapi", NEVER, 10).id != dead.id
    eventually(lambda: dead.stopped, "what died was not put away")


def test_never_hands_out_a_sandbox_that_spoke_unasked(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(always=("fastapi",))
    eventually(lambda: full(pool), "the pool never filled")
    [noisy] = engine.alive("fastapi")
    noisy.say({"t": "loaded", "ms": 1, "error": None})
    assert pool.take("fastapi", NEVER, 10).id != noisy.id


def test_replaces_what_died_without_being_asked(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(always=("fastapi",), health_seconds=0.02)
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


def test_a_kind_that_cannot_be_started_keeps_no_other_waiting(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    pool = start_pool(first_pause=3600, longest_pause=3600)
    with pytest.raises(EngineError, match="no sandbox of the kind cobol"):
        pool.take("cobol", NEVER, 0.2)
    assert pool.take("fastapi", NEVER, 10).id
    eventually(lambda: full(pool), "the pool never filled")
    assert "cobol" not in pool.counts()


def test_a_service_that_is_missing_is_told_at_once_and_tried_again(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.unable = "This machine has no Redis."
    pool = start_pool()
    for _ in range(2):
        with pytest.raises(UnableError, match=r"^This machine has no Redis\.$"):
            pool.take("fastapi+redis", NEVER, 60)
    assert not engine.alive("fastapi+redis")
    engine.unable = ""
    eventually(lambda: taken(pool, "fastapi+redis"), "it was never tried again")


def taken(pool: Pool, kind: str) -> bool:
    try:
        return bool(pool.take(kind, NEVER, 60).id)
    except UnableError:
        return False


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
    pool = start_pool(always=("fastapi",))
    eventually(lambda: full(pool), "the pool never filled")
    assert {sandbox.id for sandbox in pool.close()} == {one.id for one in engine.alive()}
    with pytest.raises(PoolStoppedError):
        pool.take("fastapi", NEVER, 10)


def test_what_starts_while_the_pool_closes_is_stopped(
    engine: FakeEngine, start_pool: StartPool
) -> None:
    engine.gate.clear()
    pool = start_pool(always=("fastapi",))
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
    assert not any(thread.is_alive() for thread in pool._threads)


def test_refills_when_no_answer_is_judged(engine: FakeEngine, start_pool: StartPool) -> None:
    pool = start_pool(always=("fastapi",), quiet_seconds=3600)
    at_work = pool.take("fastapi", NEVER, 10)
    eventually(lambda: pool._put_off_since, "nothing was put off")
    assert engine.alive("fastapi") == [at_work]
    at_work.stop()
    eventually(lambda: full(pool), "the pool was not refilled")


def test_refills_after_a_while_though_answers_are_judged(start_pool: StartPool) -> None:
    pool = start_pool(always=("fastapi",), quiet_seconds=0.1)
    assert not pool.take("fastapi", NEVER, 10).stopped
    eventually(lambda: full(pool), "the pool starved")


def test_a_judge_that_is_kept_is_no_answer_that_is_judged(start_pool: StartPool) -> None:
    pool = start_pool(always=("judge",), quiet_seconds=3600)
    assert not pool.take("judge", NEVER, 10).stopped
    eventually(lambda: full(pool), "the pool was not refilled")


def test_starts_for_several_that_wait_at_once(engine: FakeEngine, start_pool: StartPool) -> None:
    engine.gate.clear()
    pool = start_pool(always=(), starters=2)
    takers = [
        threading.Thread(target=pool.take, args=("fastapi", NEVER, 10), daemon=True)
        for _ in range(3)
    ]
    for taker in takers:
        taker.start()
    eventually(lambda: starting(pool, "fastapi") == 2, "one was started at a time")
    engine.gate.set()
    for taker in takers:
        taker.join(10)
    assert not any(taker.is_alive() for taker in takers)


def starting(pool: Pool, kind: str) -> int:
    count = pool.counts().get(kind)
    return count.starting if count else 0


def test_what_nobody_waits_for_starts_one_by_one(engine: FakeEngine, start_pool: StartPool) -> None:
    engine.gate.clear()
    pool = start_pool(starters=3)
    eventually(lambda: pool.memory().used_mib, "nothing was started")
    for _ in range(3):
        pool.start()  # wakes every starter
    assert sum(count.starting for count in pool.counts().values()) == 1


def test_the_default_is_a_part_of_this_machines_memory() -> None:
    assert 0 < PoolSettings().memory_mib <= 2048
