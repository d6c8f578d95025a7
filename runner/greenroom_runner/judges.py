"""Judge sandboxes, kept from one judgement to the next but never from one tenant to another.

A judge does one judgement at a time. A tenant with two judgements at once has two judges. The
number of judges is bounded; the one that has been idle longest makes room.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from greenroom_runner.engine import Engine, EngineError, Sandbox
from greenroom_runner.idle import is_fit, stop_all
from greenroom_runner.kinds import JUDGE
from greenroom_runner.pool import Pool
from greenroom_runner.session import Cancelled

USES = 200
"""After so many judgements a judge is replaced: whatever may have gathered in it goes with it."""


@dataclass(eq=False)
class _Judge:
    tenant: str
    sandbox: Sandbox
    busy: bool = True
    uses: int = 1


class Judges:
    """Lends judges. `limit`: how many may exist, at least as many as judgements run at once."""

    def __init__(self, engine: Engine, pool: Pool, limit: int) -> None:
        self._engine = engine
        self._pool = pool
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: list[_Judge] = []  # least recently used first
        self._stopping = False

    @contextmanager
    def lend(self, tenant: str, cancelled: Cancelled, seconds: float) -> Iterator[Sandbox]:
        """Lend a judge of this tenant for one judgement. Raises EngineError if none can be had."""
        judge = self._idle(tenant) or self._new(tenant, cancelled, seconds)
        try:
            yield judge.sandbox
        finally:
            self._back(judge)

    def count(self) -> int:
        """Return how many judges there are."""
        with self._lock:
            return len(self._kept)

    def close(self) -> list[Sandbox]:
        """Lend nothing more, and give away every judge to be stopped, busy or not."""
        with self._lock:
            self._stopping = True
            kept, self._kept = self._kept, []
        return [judge.sandbox for judge in kept]

    def _idle(self, tenant: str) -> _Judge | None:
        lost: list[_Judge] = []
        try:
            with self._lock:
                for judge in [one for one in self._kept if one.tenant == tenant and not one.busy]:
                    if is_fit(judge.sandbox, self._engine):
                        judge.busy = True
                        judge.uses += 1
                        return judge
                    self._kept.remove(judge)
                    lost.append(judge)
            return None
        finally:
            stop_all([judge.sandbox for judge in lost])

    def _new(self, tenant: str, cancelled: Cancelled, seconds: float) -> _Judge:
        self._make_room()
        judge = _Judge(tenant, self._pool.take(JUDGE, cancelled, seconds))
        with self._lock:
            if not self._stopping:
                self._kept.append(judge)
                return judge
        judge.sandbox.stop()
        raise EngineError("The runner is stopping.")

    def _make_room(self) -> None:
        with self._lock:
            idle = [judge for judge in self._kept if not judge.busy]
            leaving = idle[: max(0, len(self._kept) + 1 - self._limit)]
            self._kept = [judge for judge in self._kept if judge not in leaving]
        stop_all([judge.sandbox for judge in leaving])

    def _back(self, judge: _Judge) -> None:
        worn = judge.uses >= USES
        with self._lock:
            judge.busy = False
            if judge in self._kept:
                self._kept.remove(judge)
                if not (worn or judge.sandbox.stopped):
                    self._kept.append(judge)
        if worn:
            stop_all([judge.sandbox])
