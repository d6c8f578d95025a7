"""Warm sandboxes, ready before an answer arrives. Each is handed out once.

Which kinds wait, and how many, follows what was asked for lately (`demand.py`), within a budget of
memory (`stock.py`). What somebody waits for is started at once, a few at a time. All else is
started one by one, when no answer is judged, or when that has not come about for a while. A kind
that cannot be started rests before it is tried again, and the pool says why.
"""

import logging
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from greenroom_runner.demand import Demand
from greenroom_runner.engine import Engine, EngineError, Sandbox, UnableError
from greenroom_runner.faults import Faults
from greenroom_runner.idle import is_fit
from greenroom_runner.kinds import JUDGE, start
from greenroom_runner.session import Cancelled, await_ready
from greenroom_runner.status import PoolCount, PoolMemory
from greenroom_runner.stock import Step, Stock, grant, next_step

log = logging.getLogger(__name__)

MOST_MEMORY_MIB = 2048
_SHARE_OF_MACHINE = 4
_GLANCE_SECONDS = 0.05


def default_memory_mib() -> int:
    """Return a quarter of this machine's memory, at most `MOST_MEMORY_MIB`."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2
    return min(MOST_MEMORY_MIB, machine // _SHARE_OF_MACHINE)


@dataclass(frozen=True)
class PoolSettings:
    """`always`: the kinds of which one waits from the beginning. Seconds where nothing is said."""

    memory_mib: int = field(default_factory=default_memory_mib)
    always: tuple[str, ...] = ("fastapi", JUDGE, "sqlalchemy", "pydantic")
    starters: int = 2
    """How many sandboxes that are waited for are started at once."""
    start_seconds: float = 30
    quiet_seconds: float = 2
    """How long a start that nobody waits for is put off while answers are judged."""
    health_seconds: float = 5
    first_pause: float = 0.5
    longest_pause: float = 10


class PoolStoppedError(EngineError):
    """The pool hands nothing out any more."""


class Pool:
    """Hands out warm sandboxes of a kind (`kinds.py`). `clock` tells the age of what was asked."""

    def __init__(
        self, engine: Engine, settings: PoolSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self._demand = Demand(settings.always)
        self._warm: dict[str, deque[Sandbox]] = {}
        self._waiting: list[str] = []
        self._starting: Counter[str] = Counter()
        self._leaving: dict[Sandbox, str] = {}
        self._warming: set[Sandbox] = set()
        self._at_work: list[Sandbox] = []
        self._faults = Faults(settings.first_pause, settings.longest_pause)
        self._unable: dict[str, str] = {}
        self._put_off_since: float | None = None
        self._changed = threading.Condition()
        self._started = False
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name=f"pool-{number}", daemon=True)
            for number in range(settings.starters)
        ]

    def start(self) -> None:
        """Begin to fill, or begin again at once when the engine is back. `take` waits for it."""
        with self._changed:
            self._faults.clear()
            self._changed.notify_all()
            if not self._started and not self._stopping:
                self._started = True
                for thread in self._threads:
                    thread.start()

    def take(self, kind: str, cancelled: Cancelled, seconds: float) -> Sandbox:
        """Return a warm sandbox, now the caller's to stop. Raises EngineError after `seconds`, and
        UnableError as soon as that is known.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._waiting.append(kind)
            self._changed.notify_all()
            try:
                while (sandbox := self._fit_one(kind)) is None:
                    self._wait_for_one(kind, cancelled, deadline)
            finally:
                self._waiting.remove(kind)
            self._demand.note(kind, self._clock())
            if kind != JUDGE:  # which is lent again and again, and mostly idle
                self._at_work = [*self._still_at_work(), sandbox]
            self._changed.notify_all()
            return sandbox

    def counts(self) -> dict[str, PoolCount]:
        """Return how full the pool is, by kind."""
        with self._changed:
            stock, wanted = self._stock(), self._wanted()
        granted = grant(wanted, self._settings.memory_mib)
        return {
            kind: PoolCount(
                warm=stock.warm.get(kind, 0),
                wanted=granted.get(kind, 0),
                starting=stock.starting.get(kind, 0),
            )
            for kind in dict.fromkeys([*granted, *stock.warm, *stock.starting])
            if granted.get(kind) or stock.coming(kind)
        }

    def memory(self) -> PoolMemory:
        """Return what the pool holds and may hold."""
        with self._changed:
            used = self._stock().used_mib()
        return PoolMemory(used_mib=used, budget_mib=self._settings.memory_mib)

    @property
    def last_error(self) -> str:
        """Why the last start failed; empty when every kind that failed has been started since."""
        with self._changed:
            return self._faults.latest()

    def close(self) -> list[Sandbox]:
        """Hand out nothing more, and give away every sandbox, warm or not yet, to be stopped."""
        with self._changed:
            self._stopping = True
            warm = [sandbox for kept in self._warm.values() for sandbox in kept]
            sandboxes = [*warm, *self._warming, *self._leaving]
            self._warm.clear()
            self._changed.notify_all()
        return sandboxes

    def join(self, seconds: float) -> None:
        """Wait until the starting threads have ended and nothing they started is left."""
        deadline = time.monotonic() + seconds
        for thread in self._threads if self._started else ():
            thread.join(max(0.0, deadline - time.monotonic()))

    # --- the taker's side; the lock is held ---

    def _fit_one(self, kind: str) -> Sandbox | None:
        kept = self._warm.get(kind, deque())
        while kept:
            sandbox = kept.popleft()
            if is_fit(sandbox, self._engine):
                return sandbox
            self._put_away(kind, sandbox, "unfit")
        return None

    def _wait_for_one(self, kind: str, cancelled: Cancelled, deadline: float) -> None:
        if self._stopping:
            raise PoolStoppedError("The runner is stopping.")
        if cancelled.is_set():
            raise PoolStoppedError("The judgement was cancelled.")
        if kind in self._unable:
            raise UnableError(self._unable.pop(kind))
        if time.monotonic() >= deadline:
            raise EngineError(self._faults.message(kind) or "No sandbox became ready in time.")
        self._changed.wait(0.1)

    # --- what goes; the lock is held ---

    def _put_away(self, kind: str, sandbox: Sandbox, why: str) -> None:
        log.info("sandbox let go: %s", why, extra={"kind": kind, "sandbox": sandbox.id[:12]})
        self._leaving[sandbox] = kind
        threading.Thread(target=self._stop, args=(sandbox,), daemon=True).start()

    def _stop(self, sandbox: Sandbox) -> None:
        sandbox.stop()
        with self._changed:
            del self._leaving[sandbox]
            self._changed.notify_all()

    def _drop_unfit(self) -> None:
        for kind, kept in self._warm.items():
            for sandbox in [one for one in kept if not is_fit(one, self._engine)]:
                kept.remove(sandbox)
                self._put_away(kind, sandbox, "unfit")

    def _drop(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            self._put_away(kind, self._warm[kind].popleft(), "makes room")

    # --- the starting threads ---

    def _work(self) -> None:
        while (kind := self._next_kind()) is not None:
            try:
                sandbox = self._start_one(kind)
            except EngineError as error:
                self._back_off(kind, str(error), unable=isinstance(error, UnableError))
            except Exception as error:  # the thread must outlive any fault of an engine
                log.exception("starting a sandbox failed")
                self._back_off(kind, f"Starting a sandbox failed: {error!r}")
            else:
                self._keep(kind, sandbox)

    def _next_kind(self) -> str | None:
        """Wait until a sandbox is needed and return its kind, or None at the end."""
        with self._changed:
            while not self._stopping:
                self._drop_unfit()
                step, seconds = self._next_step()
                self._drop(step.drop)
                if step.start and self._may_start(step):
                    self._put_off_since = None
                    self._starting[step.start] += 1
                    return step.start
                if not step.start:
                    self._put_off_since = None
                if not step.drop:
                    self._changed.wait(seconds)
            return None

    def _next_step(self) -> tuple[Step, float]:
        """Return what to do, and for how many seconds that holds if nothing happens."""
        resting = self._faults.resting(time.monotonic())
        step = next_step(
            self._stock(), self._waiting, self._wanted(), self._settings.memory_mib, resting
        )
        if step.start and not self._starting:
            return step, _GLANCE_SECONDS
        return step, min([self._settings.health_seconds, *resting.values()])

    def _may_start(self, step: Step) -> bool:
        """Say whether a start may take place now: it slows down whatever else is at work."""
        if step.waited_for or self._starting:
            return step.waited_for
        self._put_off_since = self._put_off_since or time.monotonic()
        put_off = time.monotonic() - self._put_off_since
        return not self._still_at_work() or put_off >= self._settings.quiet_seconds

    def _still_at_work(self) -> list[Sandbox]:
        return [sandbox for sandbox in self._at_work if not sandbox.stopped]

    def _stock(self) -> Stock:
        warm = {kind: len(kept) for kind, kept in self._warm.items() if kept}
        return Stock(warm, dict(self._starting), Counter(self._leaving.values()))

    def _wanted(self) -> dict[str, int]:
        return self._demand.wanted(self._clock())

    def _start_one(self, kind: str) -> Sandbox:
        started = time.monotonic()
        sandbox = start(self._engine, kind)
        self._await_warmth(sandbox)
        milliseconds = round((time.monotonic() - started) * 1000)
        log.info(
            "sandbox warm", extra={"kind": kind, "ms": milliseconds, "sandbox": sandbox.id[:12]}
        )
        return sandbox

    def _await_warmth(self, sandbox: Sandbox) -> None:
        with self._changed:
            stopping = self._stopping
            if not stopping:
                self._warming.add(sandbox)
        try:
            if not stopping:
                await_ready(sandbox, self._settings.start_seconds)
        finally:
            with self._changed:
                self._warming.discard(sandbox)

    def _keep(self, kind: str, sandbox: Sandbox) -> None:
        with self._changed:
            self._started_one(kind)
            self._faults.forget(kind)
            self._unable.pop(kind, None)
            if not self._stopping:
                self._warm.setdefault(kind, deque()).append(sandbox)
                return
        sandbox.stop()

    def _back_off(self, kind: str, message: str, *, unable: bool = False) -> None:
        """Let this kind rest. `unable`: nobody is to wait for it any longer."""
        log.warning("no sandbox of the kind %s: %s", kind, message)
        with self._changed:
            if unable:
                self._unable[kind] = message
            self._started_one(kind)
            self._faults.note(kind, message, time.monotonic())

    def _started_one(self, kind: str) -> None:
        self._starting[kind] -= 1
        self._starting += Counter()  # forgets the kinds of which none is left
        self._changed.notify_all()
