"""What a run has reported so far, and what is kept of it. Reports go in, entries and a result come
out.

A report is an event of the runner as plain values. Of a hidden check only its name, status, time
and hint go on, whatever the runner said. Checks end in the order in which they were planned.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from greenroom.judging import entries
from greenroom.judging.entries import Entry
from greenroom.judging.service import Result
from greenroom.judging.verdict import verdict_of

Report = Mapping[str, Any]

_ABOUT_THE_RUN = ("file", "line", "traceback", "output")
_OF_A_HIDDEN_CHECK = ("status", "ms", "hint")
_OF_A_CHECK = (
    *_OF_A_HIDDEN_CHECK,
    "cpu_ms",
    "peak_memory_kib",
    "seed",
    "message",
    "expected",
    "actual",
    "diff",
    "output",
    "error",
    "traceback",
    "outer_frames",
)
_NOT_RUN: Report = {"status": "not_run", "ms": 0.0}


class ReportError(Exception):
    """The runner reported what makes no sense; the message says what."""


class Record:
    """One try of a judgement, as far as it has been reported."""

    def __init__(self, number: int) -> None:
        """Begin the record of try `number`."""
        self._number = number
        self._place = entries.FIRST_STATE - 1
        self._planned: Sequence[Report] | None = None
        self._running = -1
        self._checks: list[dict[str, Any]] = []
        self._finished: Report = {}

    @property
    def begun(self) -> bool:
        """Whether judging had begun: before, nothing is known of the answer, nor did it run."""
        return self._planned is not None

    def take(self, report: Report) -> Iterator[Entry]:
        """Add a report and yield what it says to those who follow. Raises ReportError."""
        match report["type"]:
            case "status":
                yield from self._state(report)
            case "plan":
                yield self._plan(report["checks"])
            case "begin":
                self._begin(report["id"])
            case "check":
                yield self._ended(report["id"], report)
            case "finished":
                yield from self._finish(report)
            case other:
                raise ReportError(f"The runner sent {other!r}, which is unknown here.")

    def result(self) -> Result:
        """Return what came of it. Raises ReportError when the last report is missing."""
        if not self._finished:
            raise ReportError("The runner stopped before its last report.")
        # Checks that never began stand in the record; they are no reports of their own.
        reported = [check["status"] for check in self._checks[: self._finished["reported"]]]
        return Result(
            verdict=verdict_of(self._finished["outcome"], reported, len(self._planned or ())),
            checks=tuple(self._checks),
            message=self._finished["message"],
            detail={name: self._finished[name] for name in _ABOUT_THE_RUN if self._finished[name]},
            usage=self._finished["usage"],
            image_digest=self._finished["image_digest"],
        )

    def _state(self, report: Report) -> Iterator[Entry]:
        """Yield a passing state. More of them than there is room for stay unsaid."""
        if self._place + 1 < entries.room_above(self._place):
            body = {"phase": report["phase"], "position": report["position"]}
            yield self._entry(self._place + 1, "status", {**body, "try": self._number})

    def _plan(self, checks: Sequence[Report]) -> Entry:
        if self._planned is not None:
            raise ReportError("The runner planned twice.")
        self._planned = checks
        return self._entry(entries.PLAN, "plan", {"checks": checks})

    def _begin(self, check_id: str) -> None:
        """Take note that a check runs, which needs no telling: see entries.Entry."""
        position = self._expected(check_id)
        if position == self._running:
            raise ReportError(f"The runner began {check_id!r} twice.")
        self._running = position

    def _ended(self, check_id: str, report: Report) -> Entry:
        position = self._expected(check_id)
        planned = (self._planned or ())[position]
        said = _OF_A_HIDDEN_CHECK if planned["visibility"] == "hidden" else _OF_A_CHECK
        check = {
            "position": position,
            "check_id": check_id,
            "name": planned["name"],
            "group": planned["group"],
            "visibility": planned["visibility"],
            **{name: report[name] for name in said if name in report},
        }
        self._checks.append(check)
        return self._entry(entries.check_place(position), "check", entries.check_body(check))

    def _finish(self, report: Report) -> Iterator[Entry]:
        self._finished = {**report, "reported": len(self._checks)}
        for planned in (self._planned or ())[len(self._checks) :]:
            yield self._ended(planned["id"], _NOT_RUN)
        if report["output"]:
            yield self._entry(entries.OUTPUT, "output", {"text": report["output"]})

    def _expected(self, check_id: str) -> int:
        """Return the place in the plan of the check that is due, which must be this one."""
        position = len(self._checks)
        planned = self._planned or ()
        if position >= len(planned) or planned[position]["id"] != check_id:
            raise ReportError(f"The runner reported {check_id!r}, which was not due.")
        return position

    def _entry(self, place: int, kind: str, body: Report) -> Entry:
        if place <= self._place:
            raise ReportError(f"The runner reported a {kind} out of its order.")
        self._place = place
        return Entry(f"{self._number}-{place}", {"type": kind, **body})
