"""Proves a grader: right answers are accepted, wrong ones are refused, each by the checks it names.

Knows nothing of folders and verdicts: the caller brings the cases and the rule that makes a verdict
of what was seen.
"""

import queue
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from greenroom_runner.engine import Engine, EngineError, Sandbox
from greenroom_runner.events import Check, CheckStatus, Event, Finished, Outcome, Plan
from greenroom_runner.limits import Limits
from greenroom_runner.request import Profile, RunRequest, Service, Suite
from greenroom_runner.session import await_ready, judge

START_SECONDS = 60.0
SEED = 20_260_101
"""Fixed, so that a failed proof fails again."""

ROOM = 0.8
"""Of no limit a right answer may use more: on a slower machine it would be refused."""

VerdictOf = Callable[[Outcome, Sequence[CheckStatus], int], str]


@dataclass(frozen=True)
class Case:
    """One answer and what must come of it. Without `verdict` anything but accepted will do.

    `catches` names every check that it must fail, and no other.
    """

    name: str
    files: Mapping[str, str]
    verdict: str | None = None
    catches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A grader or an open suite with what it runs under, and its cases."""

    name: str
    profile: Profile
    services: tuple[Service, ...]
    fresh: bool
    main: str
    grader: str | None
    suite: Suite | None
    limits: Limits
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Proof:
    """What came of a case. `faults` are sentences; none means that it is as it must be."""

    package: str
    case: str
    verdict: str
    failed: tuple[str, ...]
    """The checks that ran and did not pass."""
    wall_ms: float
    faults: tuple[str, ...]
    used: float = 0.0
    """The largest share of a limit that it used, from 0 on."""
    limit: str = ""
    """Of which limit, by its name in question.toml."""


class Prover:
    """Proves packages on an engine, a few cases at a time. Use as a context manager."""

    def __init__(self, engine: Engine, verdict_of: VerdictOf, workers: int = 2) -> None:
        self._engine = engine
        self._verdict_of = verdict_of
        self._judges: queue.SimpleQueue[Sandbox | None] = queue.SimpleQueue()
        for _ in range(workers):
            self._judges.put(None)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="prove")

    def __enter__(self) -> "Prover":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        while not self._judges.empty():
            if sandbox := self._judges.get():
                sandbox.stop()

    def prove(self, package: Package, seed: int = SEED) -> Iterator[Proof]:
        """Run every case of `package` and yield its proof, in order. Raises EngineError."""
        yield from self._pool.map(lambda case: self._prove(package, case, seed), package.cases)

    def _prove(self, package: Package, case: Case, seed: int) -> Proof:
        events: list[Event] = []
        request = _request(package, case, seed)
        with self._judge() as judging, self._candidate(request) as candidate:
            finished = judge(request, candidate, judging, events.append, threading.Event())
        return self._weigh(package, case, events, finished)

    @contextmanager
    def _judge(self) -> Iterator[Sandbox]:
        sandbox = self._judges.get()
        try:
            if sandbox is None or sandbox.stopped:
                sandbox = self._engine.start_judge("prove")
                await_ready(sandbox, START_SECONDS)
            yield sandbox
        finally:
            self._judges.put(sandbox)

    @contextmanager
    def _candidate(self, request: RunRequest) -> Iterator[Sandbox]:
        sandbox = self._engine.start_candidate(request.profile, request.beside)
        try:
            await_ready(sandbox, START_SECONDS)
            self._engine.apply_limits(sandbox, request.limits)
            yield sandbox
        finally:
            sandbox.stop()

    def _weigh(
        self, package: Package, case: Case, events: Sequence[Event], finished: Finished
    ) -> Proof:
        checks = [event for event in events if isinstance(event, Check)]
        planned = sum(len(event.checks) for event in events if isinstance(event, Plan))
        failed = tuple(check.id for check in checks if check.status not in ("passed", "not_run"))
        verdict = self._verdict_of(finished.outcome, [check.status for check in checks], planned)
        used, limit = most_used(package.limits, checks, finished)
        return Proof(
            package=package.name,
            case=case.name,
            verdict=verdict,
            failed=failed,
            wall_ms=finished.usage.load_ms + finished.usage.checks_ms,
            faults=(
                *_faults(case, verdict, failed, finished, checks),
                *_too_close(case, used, limit),
            ),
            used=used,
            limit=limit,
        )


def most_used(limits: Limits, checks: Sequence[Check], finished: Finished) -> tuple[float, str]:
    """Return the largest share of a limit that an answer used, and which limit that is."""
    usage = finished.usage
    return max(
        (
            max((check.ms for check in checks), default=0) / 1000 / limits.check_seconds,
            "check_seconds",
        ),
        ((usage.load_ms + usage.checks_ms) / 1000 / limits.total_seconds, "total_seconds"),
        ((usage.peak_memory_kib or 0) / 1024 / limits.memory_mib, "memory_mib"),
    )


def _too_close(case: Case, used: float, limit: str) -> Iterator[str]:
    if case.verdict == "accepted" and used > ROOM:
        yield f"It uses {used:.0%} of {limit}. Leave more room: a slower machine would refuse it."


def unguarded(proofs: Sequence[Proof], checks: Sequence[str]) -> list[str]:
    """Return the checks that no case ever failed: nothing shows that they can."""
    failed = {check for proof in proofs for check in proof.failed}
    return [check for check in checks if check not in failed]


def _request(package: Package, case: Case, seed: int) -> RunRequest:
    return RunRequest(
        judgement_id=str(uuid.uuid4()),
        tenant="prove",
        profile=package.profile,
        services=package.services,
        fresh=package.fresh,
        mode="submit",
        files=dict(case.files),
        main=package.main,
        grader=package.grader,
        suite=package.suite,
        seed=seed,
        limits=package.limits,
        reveal_hidden=True,
    )


def _faults(
    case: Case,
    verdict: str,
    failed: Sequence[str],
    finished: Finished,
    checks: Sequence[Check],
) -> Iterator[str]:
    if verdict == "internal_error":
        raise EngineError(f"{case.name} could not be judged: {finished.message}")
    if case.verdict is None and verdict == "accepted":
        yield "It is accepted, and must not be."
    elif case.verdict is not None and verdict != case.verdict:
        yield f"Its verdict is {verdict}, and must be {case.verdict}.{_why(finished, checks)}"
    if missed := [check for check in case.catches if check not in failed]:
        yield f"It passes {', '.join(missed)}, which must catch it."
    if case.catches and (others := [check for check in failed if check not in case.catches]):
        yield f"It fails {', '.join(others)} as well, which it does not name."


def _why(finished: Finished, checks: Sequence[Check]) -> str:
    if finished.message:
        return f" {finished.message}"
    first = next((check for check in checks if check.status != "passed"), None)
    if first is None:
        return ""
    if first.error:
        return f" {first.id}: {first.error}"
    seen = f" Seen: {first.actual}" if first.actual is not None else ""
    return f" {first.id}: {first.message}{seen}"
