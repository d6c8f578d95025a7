"""Tasks that run beside the requests of an event loop."""

import asyncio

_ASK_AGAIN_SECONDS = 0.2


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel `task` and return when it is over.

    Asked more than once, because a client library may swallow a cancellation that reaches it while
    it connects.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_ASK_AGAIN_SECONDS)
