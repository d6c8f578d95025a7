"""One judgement in its own process: loads the grader, then runs one check after the other."""

import time
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from greenroom_runner.harness import grader, suite_checks
from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.grader import BrokenGrader, Check, Grader
from greenroom_runner.harness.observing import (
    Answer,
    AnswerError,
    AnswerGone,
    GraderMistake,
    ServiceError,
    Services,
)
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.needs import with_implied
from greenroom_runner.harness.suite_checks import NotPassed

_MAX_SAID = 16 * 1024
"""How much of one text leaves the judge: more than is shown, so that the cut is still marked."""
_AUTHORS_FAULTS = (NameError, ImportError, GraderMistake)


class Stopped(BaseException):
    """The agent wants no more of this judgement."""


def judge(port: Port, job: Frame) -> None:
    """Carry out one judgement. A broken grader is said, not raised."""
    try:
        loaded = _loaded(job)
        planned = [check for check in loaded.checks if _is_planned(check, job["mode"])]
        port.send(_plan(planned))
        _expect(port, "go")
        for check in planned:
            port.send({"t": "begin", "id": check.id})
            port.send(_result(check, _Run(port, job, loaded.probes)))
            _expect(port, "ended")
    except BrokenGrader as problem:
        port.send({"t": "broken", "message": str(problem)[:1000]})
    except Stopped:
        return


def _loaded(job: Frame) -> Grader:
    return grader.load(job["grader"]) if job["grader"] else suite_checks.load(job["suite"])


def _is_planned(check: Check, mode: str) -> bool:
    return check.about.visible or mode == "submit"


def _plan(checks: Sequence[Check]) -> Frame:
    """Announce the checks, and by their ids those that draw random inputs."""
    random = [check.id for check in checks if "random" in check.takes]
    return {"t": "plan", "checks": [_announced(check) for check in checks], "random": random}


def _announced(check: Check) -> Frame:
    return {
        "id": check.id,
        "name": check.about.name,
        "group": check.about.group,
        "visibility": "visible" if check.about.visible else "hidden",
    }


def _expect(port: Port, kind: str) -> Frame:
    """Return the agent's next frame of this kind. What a cut check left behind is passed over."""
    while (frame := port.receive()) is not None:
        if frame["t"] == "stop":
            break
        if frame["t"] == kind:
            return frame
    raise Stopped


class _Run:
    """The surroundings of one check."""

    def __init__(self, port: Port, job: Frame, probes: Mapping[str, str]) -> None:
        self._port = port
        self._seed = job["seed"]
        self.answer = Answer(self._exchange, job["files"], probes)
        self._services = Services(self._exchange, with_implied(job["services"]))

    def arguments(self, check: Check) -> dict[str, Any]:
        offered = {
            "answer": self.answer,
            "random": Random(f"{self._seed}:{check.id}"),  # noqa: S311 - repeatable inputs, no secret
            "services": self._services,
        }
        return {name: offered[name] for name in check.takes}

    def raised_behind_500(self) -> bool:
        """Say whether the last reply that the check looked at was the app's own failure."""
        last = self.answer.http.last
        return last is not None and last.raised is not None

    def _exchange(self, op: Frame) -> Frame:
        self._port.send(op)
        while (frame := self._port.receive()) is not None and frame["t"] != "stop":
            if frame["t"] == "died" or (frame["t"] == "reply" and frame.get("n") == op["n"]):
                return frame
        raise Stopped


def _result(check: Check, run: _Run) -> Frame:
    """Run one check and return its frame. Raises BrokenGrader where the author is at fault."""
    started = time.perf_counter()
    try:
        found = _found(check, run)
    except NotPassed as told:
        found = {**told.found, "traceback": [_cut(frame) for frame in told.found["traceback"]]}
    if found["status"] == "failed" and run.raised_behind_500():
        found["status"] = "error"
    if found["status"] != "passed":
        found["hint"] = check.about.hint
    elapsed = (time.perf_counter() - started) * 1000
    return {"t": "check", "id": check.id, "ms": round(elapsed, 3), **_cut(found)}


def _cut(found: Frame) -> Frame:
    """Return a result that fits a frame, whatever the answer made a check say."""
    return {
        name: value[:_MAX_SAID] if isinstance(value, str) else value
        for name, value in found.items()
    }


def _found(check: Check, run: _Run) -> Frame:
    """Return what running the check came to."""
    try:
        check.run(**run.arguments(check))
    except CheckFailed as failure:
        return _failed(failure)
    except AnswerError as problem:
        return _raised(problem)
    except AnswerGone as problem:
        return {"status": "error", "message": str(problem)}
    except _AUTHORS_FAULTS as problem:
        raise BrokenGrader(f"{grader.where(problem)}{type(problem).__name__}: {problem}") from None
    except (AssertionError, ServiceError) as problem:
        return {"status": "failed", "message": str(problem) or "An assertion does not hold."}
    except (
        Exception
    ) as problem:  # what was observed does not have the form that the check relies on
        return _misshapen(problem)
    return {"status": "passed"}


def _failed(failure: CheckFailed) -> Frame:
    return {
        "status": "failed",
        "message": failure.message,
        "actual": failure.seen,
        "expected": failure.expected,
        "diff": failure.diff,
    }


def _raised(problem: AnswerError) -> Frame:
    if problem.kind == "value":
        return {"status": "failed", "message": problem.message}
    return {
        "status": "error",
        "message": "The answer raised an error." if problem.kind == "raised" else problem.message,
        "error": str(problem),
        "traceback": [_cut(frame) for frame in problem.data["frames"]],
        "outer_frames": problem.data["outer_frames"],
    }


def _misshapen(problem: Exception) -> Frame:
    return {
        "status": "failed",
        "message": "What was seen does not have the form that this check relies on.",
        "actual": f"{type(problem).__name__}: {problem}",
    }
