"""Warm sandboxes, ready before an answer arrives. Each is handed out once.

One thread starts sandboxes, one at a time, so that a burst never starts ten containers at once on a
small machine. It starts what somebody waits for first, then fills up, and a little after a hand-out
rather than at once: the judgement that took the sandbox has the machine to itself. When the engine
fails it backs off and says so.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from greenroom_runner.channel import BadFrame, ChannelClosed, ChannelTimeout
from greenroom_runner.engine import Engine, EngineError, Sandbox
from greenroom_runner.request import Profile, Service
from greenroom_runner.session import Cancelled, await_ready
from greenroom_runner.status import PoolCount

log = logging.getLogger(__name__)

CANDIDATE_MEBIBYTES = 80
"""What a warm sandbox costs, measured with the largest profile and rounded up."""
SPARE_JUDGE = "judge"
_PROFILE = TypeAdapter(Profile).validate_python
_SERVICE = TypeAdapter(Service).validate_python
_DEFAULT_SIZES = {"fastapi": 1, "sqlalchemy": 1, "pydantic": 1}


@dataclass(frozen=True)
class PoolSettings:
    """How many sandboxes wait per profile, within `memory_mib` in all. Seconds elsewhere."""

    sizes: Mapping[str, int] = field(default_factory=lambda: dict(_DEFAULT_SIZES))
    memory_mib: int = 1024
    start_seconds: float = 30
    refill_delay: float = 0.5
    health_seconds: float = 5
    first_pause: float = 0.5
    longest_pause: float = 10


class PoolStoppedError(EngineError):
    """The pool hands nothing out any more."""


class Pool:
    """Hands out warm sandboxes of a profile, and judges, which are the kind `SPARE_JUDGE`."""

    def __init__(self, engine: Engine, settings: PoolSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._wanted = within_budget(settings)
        self._warm: dict[str, deque[Sandbox]] = {kind: deque() for kind in self._wanted}
        self._waiting: Counter[str] = Counter()
        self._starting: str | None = None
        self._warming: Sandbox | None = None
        self._changed = threading.Condition()
        self._started = False
        self._stopping = False
        self._last_taken = 0.0
        self._pause = 0.0
        self._paused_until = 0.0
        self.last_error = ""
        self._thread = threading.Thread(target=self._work, name="pool", daemon=True)

    def start(self) -> None:
        """Begin to fill, or begin again at once when the engine is back. `take` waits for it."""
        with self._changed:
            self._pause = self._paused_until = 0.0
            self._changed.notify_all()
            if not self._started and not self._stopping:
                self._started = True
                self._thread.start()

    def take(self, kind: str, cancelled: Cancelled, seconds: float) -> Sandbox:
        """Return a warm sandbox, now the caller's to stop. Raises EngineError after `seconds`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._waiting[kind] += 1
            self._changed.notify_all()
            try:
                while (sandbox := self._healthy_one(kind)) is None:
                    self._wait_for_one(cancelled, deadline)
            finally:
                self._waiting[kind] -= 1
            self._last_taken = time.monotonic()
            self._changed.notify_all()
            return sandbox

    def counts(self) -> dict[str, PoolCount]:
        """Return how full the pool is."""
        with self._changed:
            return {
                kind: PoolCount(
                    warm=len(self._warm.get(kind, ())),
                    wanted=wanted,
                    starting=self._starting == kind,
                )
                for kind, wanted in self._wanted.items()
            }

    def close(self) -> list[Sandbox]:
        """Hand out nothing more, and give away every sandbox, warm or not yet, to be stopped."""
        with self._changed:
            self._stopping = True
            sandboxes = [sandbox for kept in self._warm.values() for sandbox in kept]
            if self._warming:
                sandboxes.append(self._warming)
            self._warm.clear()
            self._changed.notify_all()
        return sandboxes

    def join(self, seconds: float) -> None:
        """Wait until the starting thread has ended and nothing it started is left."""
        if self._started:
            self._thread.join(seconds)

    # --- the taker's side; the lock is held ---

    def _healthy_one(self, kind: str) -> Sandbox | None:
        kept = self._warm.setdefault(kind, deque())
        while kept:
            sandbox = kept.popleft()
            if is_idle(sandbox):
                return sandbox
            self._discard(sandbox)
        return None

    def _wait_for_one(self, cancelled: Cancelled, deadline: float) -> None:
        if self._stopping:
            raise PoolStoppedError("The runner is stopping.")
        if cancelled.is_set():
            raise PoolStoppedError("The judgement was cancelled.")
        if time.monotonic() >= deadline:
            raise EngineError(self.last_error or "No sandbox became ready in time.")
        self._changed.wait(0.1)

    def _discard(self, sandbox: Sandbox) -> None:
        log.warning("a warm sandbox was lost", extra={"sandbox": sandbox.id[:12]})
        threading.Thread(target=sandbox.stop, daemon=True).start()

    # --- the starting thread ---

    def _work(self) -> None:
        while (kind := self._next_kind()) is not None:
            try:
                sandbox = self._start_one(kind)
            except EngineError as error:
                self._back_off(str(error))
            except Exception as error:  # the thread must outlive any fault of an engine
                log.exception("starting a sandbox failed")
                self._back_off(f"Starting a sandbox failed: {error!r}")
            else:
                self._keep(kind, sandbox)

    def _next_kind(self) -> str | None:
        """Wait until a sandbox is needed and return its kind, or None at the end."""
        with self._changed:
            while not self._stopping:
                self._drop_unhealthy()
                kind, seconds = self._most_wanted()
                if kind and seconds <= 0:
                    self._starting = kind
                    return kind
                self._changed.wait(min(seconds, self._settings.health_seconds))
            return None

    def _most_wanted(self) -> tuple[str | None, float]:
        """Return the kind to start next and how many seconds from now."""
        now = time.monotonic()
        held = max(0.0, self._paused_until - now)
        for kind, waiting in self._waiting.items():
            if waiting > len(self._warm.get(kind, ())):
                return kind, held
        for kind, wanted in self._wanted.items():
            if wanted > len(self._warm.get(kind, ())):
                quiet = self._last_taken + self._settings.refill_delay - now
                return kind, max(held, quiet)
        return None, self._settings.health_seconds

    def _drop_unhealthy(self) -> None:
        for kind, kept in self._warm.items():
            lost = [sandbox for sandbox in kept if not is_idle(sandbox)]
            if lost:
                self._warm[kind] = deque(sandbox for sandbox in kept if sandbox not in lost)
            for sandbox in lost:
                self._discard(sandbox)

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
            self._warming = None if self._stopping else sandbox
        try:
            if self._warming:
                await_ready(sandbox, self._settings.start_seconds)
        finally:
            with self._changed:
                self._warming = None

    def _keep(self, kind: str, sandbox: Sandbox) -> None:
        with self._changed:
            self._starting = None
            self._pause = 0.0
            self.last_error = ""
            if not self._stopping:
                self._warm.setdefault(kind, deque()).append(sandbox)
                self._changed.notify_all()
                return
        sandbox.stop()

    def _back_off(self, message: str) -> None:
        log.warning("no sandbox: %s", message)
        settings = self._settings
        with self._changed:
            self._starting = None
            self.last_error = message
            self._pause = min(settings.longest_pause, self._pause * 2 or settings.first_pause)
            self._paused_until = time.monotonic() + self._pause


def within_budget(settings: PoolSettings) -> dict[str, int]:
    """Return the sizes that fit the memory: each kind gets a first before any gets a second."""
    left = settings.memory_mib // CANDIDATE_MEBIBYTES
    granted = dict.fromkeys((*settings.sizes, SPARE_JUDGE), 0)
    wanted = {**settings.sizes, SPARE_JUDGE: 1}
    while left > 0 and (short := [kind for kind in granted if granted[kind] < wanted[kind]]):
        for kind in short[:left]:
            granted[kind] += 1
        left -= len(short)
    return granted


def kind_of(profile: Profile, services: Sequence[Service]) -> str:
    """Return the pool's kind of a profile with services: `fastapi+postgres+redis`."""
    return "+".join((profile, *sorted(services)))


def start(engine: Engine, kind: str) -> Sandbox:
    """Start a sandbox of a pool's kind."""
    if kind == SPARE_JUDGE:
        return engine.start_judge("")
    profile, *services = kind.split("+")
    try:
        return engine.start_candidate(_PROFILE(profile), [_SERVICE(one) for one in services])
    except ValidationError as problem:
        raise EngineError(f"There is no sandbox of the kind {kind}.") from problem


def is_idle(sandbox: Sandbox) -> bool:
    """Say whether a warm sandbox is still there and, as it must, silent."""
    try:
        sandbox.channel.receive(time.monotonic())
    except ChannelTimeout:
        return not sandbox.stopped
    except (ChannelClosed, BadFrame):
        return False
    return False


def stop_all(sandboxes: Sequence[Sandbox], seconds: float = 15) -> None:
    """Stop several sandboxes at once, and wait for them `seconds` at most."""
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=sandbox.stop, daemon=True) for sandbox in sandboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
