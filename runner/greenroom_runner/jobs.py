"""Carries one judgement from the queue to its last event, with the sandboxes it needs."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from greenroom_runner import session
from greenroom_runner.engine import Engine, EngineError, Sandbox, UnableError
from greenroom_runner.events import Event, Finished, Status
from greenroom_runner.judges import Judges
from greenroom_runner.kinds import kind_of
from greenroom_runner.pool import Pool
from greenroom_runner.readiness import Readiness
from greenroom_runner.request import RunRequest
from greenroom_runner.session import Cancelled
from greenroom_runner.slots import Slots

log = logging.getLogger(__name__)

_TELLING_SECONDS = 0.03
"""How long the one who asked may take to do so with the verdict."""

Emit = Callable[[Event], None]


class Judge(Protocol):
    """`session.judge`, or a stand-in for it in tests of what is around it."""

    def __call__(
        self,
        request: RunRequest,
        candidate: Sandbox,
        judge: Sandbox,
        emit: Emit,
        cancelled: Cancelled,
    ) -> Finished: ...


class Jobs:
    """All judgements under way."""

    def __init__(
        self,
        engine: Engine,
        readiness: Readiness,
        pool: Pool,
        judges: Judges,
        slots: Slots,
        patience: float,
        judge: Judge = session.judge,
    ) -> None:
        self._engine = engine
        self._readiness = readiness
        self._pool = pool
        self._judges = judges
        self._slots = slots
        self._patience = patience
        self._judge = judge
        self._lock = threading.Lock()
        self._candidates: set[Sandbox] = set()
        self._closing = threading.Event()

    def run(self, request: RunRequest, emit: Emit, cancelled: Cancelled) -> None:
        """Judge, emitting every event down to `Finished`.

        Raises BusyError, WaitCancelledError or EngineError when no judgement took place.
        """
        begun = time.monotonic()
        candidate: Sandbox | None = None

        def tell(ahead: int) -> None:
            emit(Status(phase="queued", position=ahead))

        try:
            with self._slots.enter(cancelled, tell):
                emit(Status(phase="starting"))
                self._readiness.wait(cancelled, self._patience)
                with self._judges.lend(request.tenant, cancelled, self._patience) as judge:
                    candidate = self._take(request, cancelled)
                    start_ms = (time.monotonic() - begun) * 1000
                    finished = self._relay(request, candidate, judge, emit, cancelled)
                emit(_complete(finished, candidate, start_ms, begun))
        except UnableError as error:
            emit(Finished(outcome="internal_error", message=str(error)))
        finally:
            # After the last event and out of the slot: nobody waits for a container to be taken
            # down. That costs the engine time, which the verdict needs first to be recorded and
            # told.
            if candidate is not None:
                self._closing.wait(_TELLING_SECONDS)
                self._put_away(candidate)

    def close(self) -> list[Sandbox]:
        """Give away every candidate that is at work, to be stopped."""
        self._closing.set()
        with self._lock:
            return list(self._candidates)

    def _take(self, request: RunRequest, cancelled: Cancelled) -> Sandbox:
        candidate = self._pool.take(
            kind_of(request.profile, request.beside), cancelled, self._patience
        )
        with self._lock:
            self._candidates.add(candidate)
        try:
            self._engine.apply_limits(candidate, request.limits)
        except BaseException:
            self._put_away(candidate)
            raise
        return candidate

    def _put_away(self, candidate: Sandbox) -> None:
        candidate.stop()
        with self._lock:
            self._candidates.discard(candidate)

    def _relay(
        self,
        request: RunRequest,
        candidate: Sandbox,
        judge: Sandbox,
        emit: Emit,
        cancelled: Cancelled,
    ) -> Finished:
        try:
            return self._judge(request, candidate, judge, emit, cancelled)
        except EngineError as error:
            judge.stop()
            return Finished(outcome="internal_error", message=str(error))
        except (
            Exception
        ):  # whatever it is, the caller gets a last event and the operator a traceback
            log.exception("a judgement failed", extra={"judgement": request.judgement_id})
            judge.stop()
            return Finished(
                outcome="internal_error", message="The runner failed. Its log says why."
            )


def _complete(finished: Finished, candidate: Sandbox, start_ms: float, begun: float) -> Finished:
    wall_ms = (time.monotonic() - begun) * 1000
    usage = finished.usage.model_copy(
        update={"start_ms": round(start_ms, 2), "wall_ms": round(wall_ms, 2)}
    )
    return finished.model_copy(update={"usage": usage, "image_digest": candidate.image})
