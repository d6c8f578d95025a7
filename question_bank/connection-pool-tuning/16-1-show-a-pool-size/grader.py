"""Checks for showing 16.1: a pool whose size follows from the load, within its share."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises


@probe
def fill(answer, count, settings):
    """Hold up to `count` connections; return how many came, what ended it, the seconds that this
    took, and how many are open when all are given back.
    """
    import time
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import ExitStack
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        engine = answer.make_engine(f"sqlite:///{folder}/shop.db", **settings)
        came, ended, waiting = 0, None, None
        with ExitStack() as held:
            while came < count and ended is None:
                start = time.monotonic()
                asked = thread.submit(engine.connect)
                try:
                    held.enter_context(asked.result(timeout=1.5))
                    came += 1
                except Exception as error:
                    ended = f"{type(error).__module__}.{type(error).__name__}"
                    if not asked.done():
                        ended, waiting = "still waiting", asked
                seconds = time.monotonic() - start
        if waiting is not None:
            waiting.result().close()
        kept = engine.pool.checkedin()
        engine.dispose()
    return {"came": came, "ended": ended, "seconds": seconds, "kept": kept}


def load(random: Random, kept: int, share: int | None = None, wait: float = 0.05) -> dict:
    """Return settings with which a process should keep so many, if its share allows that."""
    users, processes = random.randint(60, 200), random.randint(2, 5)
    pause = random.choice([0.5, 1, 2, 4])
    in_use = kept - random.uniform(0.2, 0.8)
    left_over = random.randint(1, processes - 1)
    return {
        "users": users,
        "pause": pause,
        "held": round(in_use * processes * pause / users, 5),
        "processes": processes,
        "limit": (5 * kept if share is None else share) * processes + left_over,
        "wait": wait,
    }


@check("A process keeps what it uses on average, rounded up", group="load", visible=True)
def average_stays_open(answer: Answer, random: Random) -> None:
    for kept in (random.randint(2, 5), 1):
        settings = load(random, kept)
        seen = answer.probe(fill, 3 * kept, settings)
        assert seen["kept"] == kept, f"What stays open after a peak, with {settings}."


@check("At peaks it has three times as many, and then no more", group="load", visible=True)
def peak_has_an_end(answer: Answer, random: Random) -> None:
    for kept in (random.randint(2, 5), 1):
        settings = load(random, kept)
        seen = answer.probe(fill, 3 * kept + 1, settings)
        assert [seen["came"], seen["ended"]] == [3 * kept, "sqlalchemy.exc.TimeoutError"], (
            f"One more than a peak was asked for, with {settings}."
        )


@check(
    "Peaks of all processes fit into the limit",
    group="limit",
    hint="Every process has a pool of its own: what is left for one when all are at their peak?",
)
def peaks_fit_the_limit(answer: Answer, random: Random) -> None:
    kept = random.randint(2, 5)
    share = random.randint(kept, 3 * kept - 1)
    settings = load(random, kept, share)
    seen = answer.probe(fill, share + 1, settings)
    assert [seen["came"], seen["ended"]] == [share, "sqlalchemy.exc.TimeoutError"], (
        f"One more than the share was asked for, with {settings}."
    )
    assert seen["kept"] == kept, "What stays open is what is used on average."


@check(
    "A share below the average bounds the pool itself",
    group="limit",
    hint="What do you get for a share below the average? What is a negative overflow?",
)
def small_share_bounds_the_pool(answer: Answer, random: Random) -> None:
    for share in (1, random.randint(2, 4)):
        settings = load(random, share + random.randint(1, 3), share)
        seen = answer.probe(fill, share + 1, settings)
        assert [seen["came"], seen["ended"]] == [share, "sqlalchemy.exc.TimeoutError"], (
            f"One more than the share was asked for, with {settings}."
        )
        assert seen["kept"] == share, "The whole share stays open."


@check(
    "Too few connections for the processes are refused",
    group="limit",
    hint="What does SQLAlchemy make of a pool_size of 0?",
)
def too_few_are_refused(answer: Answer, random: Random) -> None:
    settings = load(random, 1)
    few = {**settings, "limit": settings["processes"] - 1}
    with raises("ValueError", "One connection less than there are processes."):
        answer.probe(fill, 1, few)
    seen = answer.probe(fill, 2, {**settings, "limit": settings["processes"]})
    assert seen["came"] == 1, "As many connections as processes are enough: one for each."


@check(
    "A caller waits as long as was said",
    group="limit",
    hint="By default a caller waits for half a minute.",
)
def waits_as_told(answer: Answer, random: Random) -> None:
    wait = random.choice([0.3, 0.35, 0.4])
    seen = answer.probe(fill, 4, load(random, 1, wait=wait))
    assert seen["ended"] == "sqlalchemy.exc.TimeoutError", "All three connections were in use."
    assert seen["seconds"] > wait - 0.1, f"It should have waited for {wait} s."
    assert seen["seconds"] < wait + 0.9, f"It should have waited for {wait} s."
