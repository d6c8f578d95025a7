"""Checks for showing 3.2: what was opened is closed in reverse order, whatever fails."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def live(answer, count, failing_opens=(), failing_closes=()):
    """Start and stop an app with `count` resources; return what happened, in order."""
    import asyncio

    from fastapi.testclient import TestClient

    happened = []

    class Resource:
        def __init__(self, number):
            self.number = number

        async def open(self):
            happened.append(f"open {self.number}")
            await asyncio.sleep(0)
            if self.number in failing_opens:
                raise ConnectionError(f"resource {self.number} cannot be reached")

        async def close(self):
            happened.append(f"close {self.number}")
            for _ in range(3):
                await asyncio.sleep(0)
            if self.number in failing_closes:
                raise ConnectionError(f"resource {self.number} cannot be closed")
            happened.append(f"closed {self.number}")

    app = answer.create_app([Resource(number) for number in range(count)])
    failed = False
    try:
        with TestClient(app):
            happened.append("serving")
    except Exception:
        failed = True
    return {"happened": happened, "failed": failed}


def opened(numbers: range) -> list[str]:
    """Return what should happen when these resources are opened."""
    return [f"open {number}" for number in numbers]


def begun(seen: dict) -> list[str]:
    """Return what happened without the ends of closing."""
    return [entry for entry in seen["happened"] if not entry.startswith("closed")]


def closes(numbers: range) -> list[str]:
    """Return the closing that should begin for these resources, the last one first."""
    return [f"close {number}" for number in reversed(numbers)]


@check("Startup opens the resources in order, before serving", group="basics", visible=True)
def opens_in_order(answer: Answer, random: Random) -> None:
    count = random.randint(3, 6)
    seen = answer.probe(live, count)["happened"]
    assert seen[: count + 1] == [*opened(range(count)), "serving"], f"{count} resources."


@check("Shutdown closes them in reverse order, each once", group="basics", visible=True)
def closes_in_reverse(answer: Answer, random: Random) -> None:
    for count in (random.randint(2, 6), 1, 0):
        seen = begun(answer.probe(live, count))
        after = seen[seen.index("serving") + 1 :] if "serving" in seen else seen
        assert after == closes(range(count)), f"What follows when {count} resources are open."


@check(
    "One close is over before the next begins",
    group="basics",
    hint="The consumer may still need the pool while it closes.",
)
def one_close_waits_for_the_other(answer: Answer, random: Random) -> None:
    count = random.randint(3, 6)
    seen = [entry for entry in answer.probe(live, count)["happened"] if "close" in entry]
    expected = [f"{word} {number}" for number in range(count)[::-1] for word in ("close", "closed")]
    assert seen == expected, "Each close ends before another one begins."


@check(
    "A close that fails stops no other one",
    group="failures",
    hint="What happens to the lines after the one that raises?",
)
def failing_close_stops_no_other(answer: Answer, random: Random) -> None:
    count = random.randint(4, 7)
    for failing in ([count - 1], random.sample(range(count), 2)):
        seen = begun(answer.probe(live, count, failing_closes=failing))
        expected = [*opened(range(count)), "serving", *closes(range(count))]
        assert seen == expected, f"Closing {failing} of {count} raises."


@check(
    "When an open fails, what was open before is closed, and nothing else",
    group="failures",
    hint="Which lines run when startup ends before the yield?",
)
def failing_open_closes_the_others(answer: Answer, random: Random) -> None:
    count = random.randint(4, 7)
    for failing in (random.randint(2, count - 2), count - 1, 0):
        seen = begun(answer.probe(live, count, failing_opens=[failing]))
        expected = [*opened(range(failing + 1)), *closes(range(failing))]
        assert seen == expected, f"Opening {failing} of {count} raises."


@check(
    "When an open fails, the app does not start",
    group="failures",
    hint="Who learns of the exception?",
)
def failing_open_is_no_start(answer: Answer, random: Random) -> None:
    count = random.randint(2, 5)
    seen = answer.probe(live, count, failing_opens=[random.randrange(count)])
    assert "serving" not in seen["happened"], "The app should serve nothing."
    assert seen["failed"] is True, "Startup should fail with an exception."
