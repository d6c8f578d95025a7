"""One judgement, step by step: load the answer, learn the plan, relay each check, tell how it
ended.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenroom_runner.channel import Frame
from greenroom_runner.events import (
    Begin,
    Check,
    CheckStatus,
    Event,
    Finished,
    Outcome,
    Plan,
    PlannedCheck,
    Status,
    Usage,
)
from greenroom_runner.request import RunRequest
from greenroom_runner.said import Died, Ended, Error, Loaded, Planned, Result, check_event
from greenroom_runner.sides import (
    CandidateDied,
    CandidateForged,
    CandidateLate,
    CandidateLost,
    CandidateSide,
    GraderBroken,
    JudgeLost,
    JudgeSide,
    RunCancelled,
)

LOADING_CHECKS = 2
"""Loading an answer may take as long as this many checks: it may import what is not warm."""
_LATE = "It took longer than {:g} s."
_LIMITS: dict[str, Outcome] = {"memory": "memory_limit", "output": "output_limit"}


class _Ended(Exception):
    """The run is over before its last check."""

    def __init__(
        self, outcome: Outcome, message: str, status: CheckStatus | None = None, output: str = ""
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.status = status
        """What becomes of the check that was under way; None: nothing is said of it."""
        self.output = output
        """What was printed in that check, or while the answer was loaded."""


@dataclass
class _Costs:
    load_ms: float = 0.0
    checks_ms: float = 0.0
    cpu_ms: float | None = None
    peak_kib: int | None = None

    def add(self, ended: Ended) -> None:
        if ended.cpu_ms is not None:
            self.cpu_ms = round((self.cpu_ms or 0.0) + ended.cpu_ms, 3)
        if ended.peak_kib is not None:
            self.peak_kib = max(self.peak_kib or 0, ended.peak_kib)

    def usage(self) -> Usage:
        return Usage(
            load_ms=self.load_ms,
            checks_ms=round(self.checks_ms, 3),
            cpu_ms=self.cpu_ms,
            peak_memory_kib=self.peak_kib,
        )


@dataclass
class Relay:
    """Carries out one judgement. `run` is called once."""

    request: RunRequest
    candidate: CandidateSide
    judge: JudgeSide
    emit: Callable[[Event], None]
    costs: _Costs = field(default_factory=_Costs)
    output: str = ""
    pending: list[PlannedCheck] = field(default_factory=list)
    random: frozenset[str] = frozenset()
    """The checks that draw their inputs."""
    begun: float | None = None
    """When the check under way began."""
    ends: float = 0.0
    printed: str = ""
    """What a process had printed that died in the check under way."""

    def run(self) -> Finished:
        """Return the last event. Never raises on what a sandbox does."""
        try:
            finished = self._guarded()
        except RunCancelled:
            finished = self._finished("cancelled", "")
        except GraderBroken as problem:
            finished = self._finished("internal_error", str(problem))
        except JudgeLost as problem:
            self.judge.sandbox.stop()
            finished = self._finished("internal_error", str(problem))
        self.judge.release()
        return finished

    def _guarded(self) -> Finished:
        """Run; what the candidate does wrong becomes the end of the run."""
        try:
            return self._run()
        except CandidateLate:
            limit = self._limit_in_words()
            output = self.candidate.last_words()
            self.candidate.sandbox.stop()
            return self._cut(_Ended("time_limit", limit, "time_limit", output))
        except CandidateLost as problem:
            return self._lost(problem)
        except _Ended as ended:
            return self._cut(ended)

    def _run(self) -> Finished:
        request = self.request
        self.emit(Status(phase="loading"))
        limits = request.limits
        started = time.monotonic()
        self.ends = started + limits.total_seconds
        self.candidate.deadline = min(self.ends, started + limits.check_seconds * LOADING_CHECKS)
        self.candidate.send(
            {
                "t": "job",
                "files": request.files,
                "main": request.main,
                "fresh": request.fresh,
                "suite": request.suite.files if request.suite else {},
                "limits": limits.model_dump(),
            }
        )
        self._plan()
        error = self._load()
        if error is not None:
            return self._not_loaded(error)
        self._check_all()
        return self._finished("completed", "")

    def _plan(self) -> None:
        request = self.request
        self.judge.send(
            {
                "t": "judge",
                "grader": request.grader,
                "suite": [test.model_dump() for test in request.suite.tests]
                if request.suite
                else [],
                "seed": request.seed,
                "mode": request.mode,
                "files": request.files,
                "services": request.services,
            }
        )
        planned = self.judge.expect(Planned)
        self.pending = list(planned.checks)
        self.random = frozenset(planned.random)
        self.emit(Plan(checks=self.pending))

    def _load(self) -> Error | None:
        try:
            loaded = self.candidate.expect(Loaded)
        except CandidateDied as death:
            raise self._ending(death.died, "load_error") from death
        self.costs.load_ms = loaded.ms
        self.output = loaded.output
        if loaded.cut:
            raise _Ended("output_limit", "It printed too much while it was loaded.")
        return loaded.error

    def _not_loaded(self, error: Error) -> Finished:
        outcome: Outcome = "syntax_error" if error.kind == "syntax" else "load_error"
        finished = self._finished(outcome, error.text())
        place = (
            {"file": error.frames[-1].file, "line": error.frames[-1].line} if error.frames else {}
        )
        return finished.model_copy(update={"traceback": error.frames, **place})

    def _check_all(self) -> None:
        self.emit(Status(phase="checking"))
        started = time.monotonic()
        self.judge.send({"t": "go"})
        try:
            while (frame := self.judge.receive()).get("t") != "done":
                self._step(frame)
        finally:
            self.costs.checks_ms = (time.monotonic() - started) * 1000

    def _step(self, frame: Frame) -> None:
        match frame.get("t"):
            case "begin":
                self._begin(frame)
            case "op":
                self._operate(frame)
            case "check":
                self._end(self.judge.read(Result, frame))
            case _:
                raise JudgeLost("The judge said something unexpected.")

    def _begin(self, frame: Frame) -> None:
        if self.begun is not None or not self.pending or frame.get("id") != self.pending[0].id:
            raise JudgeLost("The judge began a check that was not planned.")
        self.begun = time.monotonic()
        self.candidate.deadline = min(self.ends, self.begun + self.request.limits.check_seconds)
        self.emit(Begin(id=self.pending[0].id))
        self.candidate.send({"t": "begin", "id": self.pending[0].id})

    def _operate(self, frame: Frame) -> None:
        """Pass one operation to the candidate and what was observed back to the judge."""
        if self.begun is None:
            raise JudgeLost("The judge asked for something outside a check.")
        self.candidate.send(frame)
        reply = self.candidate.receive()
        match reply.get("t"):
            case "reply" if reply.get("n") == frame.get("n"):
                passed: Frame = {
                    key: reply[key] for key in ("t", "n", "value", "error") if key in reply
                }
                self.judge.send(passed)
            case "died":
                self._died(reply)
            case _:
                raise CandidateLost("it replied out of turn")

    def _died(self, reply: Frame) -> None:
        """A check's process that ended by itself costs that check; one that met a limit ends the
        run.
        """
        died = JudgeSide.read(Died, reply)
        if died.reason != "exit":
            raise self._ending(died, "completed")
        self.printed = died.output
        self.judge.send({"t": "died", "detail": died.detail})

    def _ending(self, died: Died, otherwise: Outcome) -> _Ended:
        outcome = _LIMITS.get(died.reason, otherwise)
        status: CheckStatus = "memory_limit" if died.reason == "memory" else "output_limit"
        return _Ended(outcome, died.detail, status, died.output)

    def _end(self, result: Result) -> None:
        """End the check under way, publish it, and let the judge go on."""
        if self.begun is None or result.id != self.pending[0].id:
            raise JudgeLost("The judge ended a check that had not begun.")
        self.candidate.send({"t": "end"})
        # The judge goes on at once: what it asks for next waits until this check is published.
        self.judge.send({"t": "ended"})
        try:
            ended = self.candidate.expect(Ended)
        except CandidateDied as death:
            if death.died.reason != "exit":
                raise self._ending(death.died, "completed") from death
            ended = self._ended_by_itself(death)
            result = result.model_copy(update={"status": "error", "message": death.died.detail})
        if self.printed:
            ended = ended.model_copy(update={"output": self.printed})
            self.printed = ""
        planned = self.pending[0]
        secret = self._is_secret(planned)
        if not secret:  # what the answer's side measures may be forged, to tell what it was asked
            self.costs.add(ended)
        event = check_event(result, ended, self._seed(planned), secret=secret)
        self.emit(event)
        self.pending.pop(0)
        self.begun = None
        if event.status == "output_limit":
            raise _Ended("output_limit", "It printed more than it may.")

    def _ended_by_itself(self, death: CandidateDied) -> Ended:
        """A check's process died while it was being ended: the sandbox asks for the end once
        more, unless it has told an end that makes no sense.
        """
        if isinstance(death, CandidateForged):
            return Ended(t="ended")
        self.printed = death.died.output
        self.candidate.send({"t": "end"})
        return self.candidate.expect(Ended)

    def _is_secret(self, planned: PlannedCheck) -> bool:
        return planned.visibility == "hidden" and not self.request.reveal_hidden

    def _seed(self, planned: PlannedCheck) -> int | None:
        return self.request.seed if planned.id in self.random else None

    # --- the end ---

    def _lost(self, problem: CandidateLost) -> Finished:
        """The sandbox itself is gone: the kernel's doing when memory ran out, else a fault of
        ours.
        """
        stopped = self.candidate.sandbox.stop()
        if stopped.oom:
            needed = "It needed more memory than it may use."
            return self._cut(_Ended("memory_limit", needed, "memory_limit"))
        return self._finished("internal_error", f"The sandbox of the answer was lost: {problem}.")

    def _cut(self, ended: _Ended) -> Finished:
        """Say what became of the check under way and of those that will not run."""
        if self.begun is None:
            self.output = self.output or ended.output
        elif ended.status is not None:
            self.emit(self._cut_check(self.pending.pop(0), ended.status, ended))
        if ended.outcome != "load_error":
            for planned in self.pending:
                self.emit(Check(id=planned.id, status="not_run", ms=0))
        return self._finished(ended.outcome, ended.message)

    def _cut_check(self, planned: PlannedCheck, status: CheckStatus, ended: _Ended) -> Check:
        ms = round((time.monotonic() - (self.begun or 0.0)) * 1000, 3)
        if self._is_secret(planned):
            return Check(id=planned.id, status=status, ms=ms)
        return Check(
            id=planned.id,
            status=status,
            ms=ms,
            seed=self._seed(planned),
            message=ended.message,
            output=ended.output,
        )

    def _finished(self, outcome: Outcome, message: str) -> Finished:
        return Finished(
            outcome=outcome, message=message, output=self.output, usage=self.costs.usage()
        )

    def _limit_in_words(self) -> str:
        limits = self.request.limits
        if time.monotonic() >= self.ends:
            return _LATE.format(limits.total_seconds)
        checks = LOADING_CHECKS if self.begun is None else 1
        return _LATE.format(limits.check_seconds * checks)


def _place(error: Error) -> dict[str, Any]:
    """Return where an answer could not be loaded, where that is known."""
    if not error.frames:
        return {}
    last = error.frames[-1]
    return {"file": last.file, "line": last.line}
