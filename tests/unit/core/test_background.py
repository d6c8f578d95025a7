import asyncio

from greenroom.core import background
from tests.support import loops


def test_a_swallowed_cancellation_is_asked_for_again() -> None:
    """As a client library does that is cancelled while it connects."""
    swallowed: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.append("once")
        await asyncio.Event().wait()

    async def run() -> bool:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await background.end(task)
        return task.cancelled()

    assert loops.run(run())
    assert swallowed == ["once"]


def test_what_never_began_needs_no_end() -> None:
    loops.run(background.end(None))
