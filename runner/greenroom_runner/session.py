"""One judgement: the relay between a candidate sandbox and a judge sandbox, and the deadlines of
both.

The two never see each other. The judge asks, the relay passes the question to the candidate and
what was observed back; the relay alone turns what the judge says into events.
"""

import time
from collections.abc import Callable

from greenroom_runner.channel import BadFrame, ChannelClosed, ChannelTimeout
from greenroom_runner.engine import EngineError, Sandbox, UnableError
from greenroom_runner.events import Event, Finished
from greenroom_runner.relay import Relay
from greenroom_runner.request import RunRequest
from greenroom_runner.sides import Cancelled, CandidateSide, JudgeSide

__all__ = ["Cancelled", "await_ready", "judge"]


def await_ready(sandbox: Sandbox, seconds: float) -> None:
    """Wait until a fresh sandbox says that it is ready.

    Raises EngineError, and UnableError where it says that it never will; the sandbox is stopped
    then.
    """
    try:
        frame = sandbox.channel.receive(time.monotonic() + seconds)
    except (BadFrame, ChannelClosed, ChannelTimeout) as problem:
        sandbox.stop()
        raise EngineError(f"the sandbox did not start: {problem}") from problem
    if frame.get("t") != "ready":
        sandbox.stop()
        if frame.get("t") == "unable":
            raise UnableError(str(frame.get("message")))
        raise EngineError("the sandbox did not say that it is ready")


def judge(
    request: RunRequest,
    candidate: Sandbox,
    judge: Sandbox,
    emit: Callable[[Event], None],
    cancelled: Cancelled,
) -> Finished:
    """Judge `request` and return the last event, which is not emitted here.

    The caller adds what it knows and emits it. Both sandboxes are ready. The candidate is used up
    afterwards: the caller stops it. The judge is free again unless it is `stopped`: whatever leaves
    it in doubt stops it here. Never raises on what a sandbox does.
    """
    sides = CandidateSide(candidate, cancelled), JudgeSide(judge, cancelled)
    return Relay(request, *sides, emit).run()
