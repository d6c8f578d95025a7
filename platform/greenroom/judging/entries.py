"""The entries of a judgement's stream. Pure: from what happened, or from what the database kept, to
the same entries.

An id is `<try>-<place>`, and the place follows from what the entry is, not from when it was
written. So a writer that comes twice is refused by the stream itself, a worker of an earlier try
cannot write behind a later one, and a client that resumes after the stream has expired gets from
the database exactly what it has not seen.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from greenroom.judging.models import CheckResult, Judgement

WAITING = 1
FIRST_STATE = 2
PLAN = 1_000
FIRST_CHECK = 10_000
PER_CHECK = 10
OUTPUT = 999_999_999
FINAL = 1_000_000_000
START = "0-0"
_LAST_IN_LINE = 1_000_000

_ID = re.compile("[0-9]{1,18}-[0-9]{1,18}")
_CHECK_FIELDS = (
    "name",
    "group",
    "visibility",
    "status",
    "ms",
    "cpu_ms",
    "peak_memory_kib",
    "seed",
    "message",
    "hint",
    "expected",
    "actual",
    "diff",
    "output",
    "error",
    "traceback",
    "outer_frames",
)
_UNSAID: Mapping[str, Any] = {
    "cpu_ms": None,
    "peak_memory_kib": None,
    "seed": None,
    "expected": None,
    "actual": None,
    "diff": None,
    "traceback": [],
    "outer_frames": 0,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `body["type"]` is status, plan, check, output or verdict.

    Checks run in the order of the plan: where one ended, the next has begun, and nobody is told so.
    """

    id: str
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What happened."""
        return str(self.body["type"])

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self.kind == "verdict"

    @property
    def order(self) -> tuple[int, int]:
        """The id as numbers, to compare by."""
        return order_of(self.id)

    def text(self) -> str:
        """Return the body as the stream keeps it."""
        return json.dumps(self.body, separators=(",", ":"))


def order_of(entry_id: str) -> tuple[int, int]:
    """Return an id as two numbers; what is no id counts as the start."""
    if not _ID.fullmatch(entry_id):
        return (0, 0)
    first, _, second = entry_id.partition("-")
    return int(first), int(second)


def known_id(text: str | None, tries: int) -> str:
    """Return the id that a client sent, or the start when it sent none, nonsense, or one that no
    entry of a judgement after so many tries can have.
    """
    number, place = order_of(text or START)
    # A try that was given back does not count, and its entries were told all the same.
    return f"{number}-{place}" if number <= tries + 1 and place <= FINAL else START


def is_over(judgement: Judgement, after: str) -> bool:
    """Whether whoever has the entry `after` has had all that a closed judgement ever tells."""
    end = (judgement.tries, FINAL)
    return judgement.finished_at is not None and order_of(after) >= end


def room_above(place: int) -> int:
    """Return the next place above `place` that is kept for something else than a passing state."""
    if place < PLAN:
        return PLAN
    return FIRST_CHECK if place < FIRST_CHECK else (place // PER_CHECK + 1) * PER_CHECK


def check_place(position: int) -> int:
    """Return the place of a check's result."""
    return FIRST_CHECK + position * PER_CHECK


def entries_of(judgement: Judgement) -> Iterator[Entry]:
    """Return what the stream of a closed judgement held, without the passing states. Needs `checks`
    loaded.
    """
    number = judgement.tries
    if judgement.checks:
        plan = [planned_check(check) for check in judgement.checks]
        yield Entry(f"{number}-{PLAN}", {"type": "plan", "checks": plan})
    for check in judgement.checks:
        yield Entry(
            f"{number}-{check_place(check.position)}", {"type": "check", **check_body(check)}
        )
    if output := judgement.detail.get("output"):
        yield Entry(f"{number}-{OUTPUT}", {"type": "output", "text": output})
    yield final_entry(judgement)


def final_entry(judgement: Judgement) -> Entry:
    """Return the last entry of a closed judgement."""
    body = {
        "type": "verdict",
        "submission": str(judgement.submission_id),
        "status": judgement.status,
        "verdict": judgement.verdict,
        "message": judgement.message,
        "file": judgement.detail.get("file"),
        "line": judgement.detail.get("line"),
        "traceback": judgement.detail.get("traceback", []),
        "outer_frames": judgement.detail.get("outer_frames", 0),
        "passed": sum(check.status == "passed" for check in judgement.checks),
        "planned": len(judgement.checks),
        "usage": judgement.usage,
    }
    return Entry(f"{judgement.tries}-{FINAL}", body)


def planned_check(check: CheckResult) -> dict[str, Any]:
    """Return a check as a plan announces it."""
    return {
        "id": check.check_id,
        "name": check.name,
        "group": check.group,
        "visibility": check.visibility,
    }


def check_body(check: CheckResult | Mapping[str, Any]) -> dict[str, Any]:
    """Return a check's result as clients get it, from the database or on its way there."""
    if isinstance(check, CheckResult):
        check = {name: getattr(check, name) for name in ("check_id", "position", *_CHECK_FIELDS)}
    body = {name: check.get(name, _UNSAID.get(name, "")) for name in _CHECK_FIELDS}
    return {"id": check["check_id"], "position": check["position"], **body}


def waiting_entry(number: int) -> Entry:
    """Return the first entry of a try that waits for a runner that does not answer."""
    return Entry(f"{number}-{WAITING}", {"type": "status", "phase": "waiting", "try": number})


def line_entry(ahead: int) -> Entry:
    """Return how many are ahead of a judgement that nobody has begun: the fewer, the later."""
    body = {"type": "status", "phase": "queued", "position": ahead, "try": 0}
    return Entry(f"0-{_LAST_IN_LINE - ahead}", body)


def retrying_entry(number: int) -> Entry:
    """Return the first entry of a try that follows a fault of ours."""
    return Entry(f"{number}-{WAITING}", {"type": "status", "phase": "retrying", "try": number})
