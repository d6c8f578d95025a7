"""From what the runner reports to one verdict. Pure: the only place where that decision is made.

Precedence, strongest first: internal_error, syntax_error, a load error (which is a runtime_error),
output_limit, memory_limit, time_limit, runtime_error, wrong_answer, accepted. Accepted needs every
planned check to have run and passed, and at least one to be planned: silence is never success.
"""

from collections.abc import Sequence
from typing import Literal, assert_never

Outcome = Literal[
    "completed",
    "syntax_error",
    "load_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "cancelled",
    "internal_error",
]
CheckStatus = Literal[
    "passed", "failed", "error", "time_limit", "memory_limit", "output_limit", "not_run"
]
Verdict = Literal[
    "accepted",
    "wrong_answer",
    "runtime_error",
    "syntax_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "internal_error",
]

_FROM_CHECKS: tuple[Verdict, ...] = (
    "output_limit",
    "memory_limit",
    "time_limit",
    "runtime_error",
    "wrong_answer",
)


def verdict_of(outcome: Outcome, checks: Sequence[CheckStatus], planned: int) -> Verdict:
    """Return the verdict of a run that planned `planned` checks and reported `checks`."""
    match outcome:
        case "internal_error" | "cancelled":
            # Nobody asked for this end, or its record would already be closed.
            return "internal_error"
        case "syntax_error":
            return "syntax_error"
        case "load_error":
            return "runtime_error"
        case "output_limit" | "memory_limit" | "time_limit":
            return _strongest([outcome, *map(_of_check, checks)])
        case "completed":
            return _of_completed(checks, planned)
        case _:
            assert_never(outcome)


def _of_completed(checks: Sequence[CheckStatus], planned: int) -> Verdict:
    if planned < 1 or len(checks) != planned:
        return "internal_error"
    verdict = _strongest(list(map(_of_check, checks)))
    if verdict == "accepted" and "not_run" in checks:
        return "internal_error"
    return verdict


def _of_check(status: CheckStatus) -> Verdict:
    match status:
        case "passed" | "not_run":
            return "accepted"
        case "failed":
            return "wrong_answer"
        case "error":
            return "runtime_error"
        case "time_limit" | "memory_limit" | "output_limit":
            return status
        case _:
            assert_never(status)


def _strongest(verdicts: Sequence[Verdict]) -> Verdict:
    return next((verdict for verdict in _FROM_CHECKS if verdict in verdicts), "accepted")
