"""How a results panel grows with each event, and in which words. Pure: values in, values out.

A stream's handler keeps one panel, feeds it what happens and renders the `StreamMessage` it gets
back. Replaying the same events gives the same panel, so a resumed stream and a reloaded page agree.
"""

from dataclasses import replace
from typing import Literal

from greenroom.practice.views import (
    CheckView,
    FaultView,
    Place,
    ProgressView,
    ResultsPanel,
    StreamMessage,
    Tone,
    VerdictView,
)
from greenroom.web.text import plural

_SHORT = 24
_LAST = frozenset({"time_limit", "memory_limit", "output_limit", "not_run"})
"""States of a check behind which none runs."""
_ORDINALS = {2: "second", 3: "third"}


def queued(panel: ResultsPanel, ahead: int | None = None) -> StreamMessage:
    """Say that the submission waits, and for how many others where that is known."""
    sentence = "It starts as soon as a worker is free."
    if ahead is not None:
        verb = "is" if ahead == 1 else "are"
        sentence = (
            f"{plural(ahead, 'submission')} {verb} ahead of yours." if ahead else "Yours is next."
        )
    return _progress(panel, ProgressView("In the queue", sentence, "clock", "waiting"))


def starting(panel: ResultsPanel) -> StreamMessage:
    """Say that a sandbox is being made ready."""
    sentence = "A fresh one, used once and then destroyed."
    return _progress(panel, ProgressView("Starting a sandbox", sentence, tone="waiting"))


def loading(panel: ResultsPanel) -> StreamMessage:
    """Say that the answer is being imported."""
    return _progress(panel, ProgressView("Loading your answer", "Python is importing it."))


def retrying(panel: ResultsPanel, try_number: int, reason: str = "") -> StreamMessage:
    """Say that a fault of ours ended a try and the next one starts; the checks begin anew."""
    which = _ORDINALS.get(try_number, f"{try_number}th")
    sentence = reason or "The sandbox stopped answering."
    view = ProgressView(
        "Our fault, not yours",
        f"{sentence} This try does not count; the {which} of three is starting.",
        "wrench",
        "waiting",
    )
    anew = tuple(
        CheckView(check.id, check.number, check.name, check.hidden) for check in panel.checks
    )
    return StreamMessage(replace(panel, checks=anew, progress=view), whole=True, announce=True)


def planned(panel: ResultsPanel, checks: tuple[CheckView, ...]) -> StreamMessage:
    """List all checks that will run, in their order, before the first one starts."""
    view = panel.progress or ProgressView("Loading your answer")
    return StreamMessage(replace(panel, checks=checks, progress=view), whole=True)


def checking(panel: ResultsPanel) -> StreamMessage:
    """Say that the first check runs."""
    panel, changed = _next_running(panel)
    return StreamMessage(panel, changed=changed, announce=True)


def ended(panel: ResultsPanel, check: CheckView) -> StreamMessage:
    """Put a check's result in its row, and let the next one run unless this one ended the run. Its
    number, name and visibility stay as planned.
    """
    known = _check(panel, check.id)
    check = replace(check, number=known.number, name=known.name, hidden=known.hidden)
    panel, changed = _with(panel, check), (check.id,)
    if check.state in _LAST:
        return StreamMessage(panel, changed=changed)
    panel, following = _next_running(panel)
    return StreamMessage(panel, changed=(*changed, *following))


def _next_running(panel: ResultsPanel) -> tuple[ResultsPanel, tuple[str, ...]]:
    """Mark the first check without a result as running, and name it in the progress line."""
    due = next((check for check in panel.checks if not check.ended), None)
    if due is None:
        return panel, ()
    title = f"Check {due.number} of {len(panel.checks)}"
    panel = _with(panel, replace(due, state="running"))
    return replace(panel, progress=ProgressView(title, due.name)), (due.id,)


def finished(
    panel: ResultsPanel, verdict: VerdictView, fault: FaultView | None = None
) -> StreamMessage:
    """Close the panel: checks that never ran say so, the banner takes the progress line's place."""
    checks = tuple(
        check if check.ended else replace(check, state="not_run") for check in panel.checks
    )
    panel = replace(panel, checks=checks, progress=None, verdict=verdict, fault=fault)
    return StreamMessage(panel, whole=True, announce=True)


def _progress(panel: ResultsPanel, view: ProgressView) -> StreamMessage:
    return StreamMessage(replace(panel, progress=view), announce=True)


def _check(panel: ResultsPanel, check_id: str) -> CheckView:
    return next(check for check in panel.checks if check.id == check_id)


def _with(panel: ResultsPanel, changed: CheckView) -> ResultsPanel:
    checks = tuple(changed if check.id == changed.id else check for check in panel.checks)
    return replace(panel, checks=checks)


VerdictKind = Literal[
    "accepted",
    "wrong_answer",
    "runtime_error",
    "syntax_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "internal_error",
    "cancelled",
]

VERDICTS: dict[VerdictKind, tuple[str, Tone, str]] = {
    "accepted": ("Accepted", "passed", "check"),
    "wrong_answer": ("Wrong answer", "failed", "x"),
    "runtime_error": ("It raised an error", "failed", "x"),
    "syntax_error": ("Python could not read it", "failed", "x"),
    "time_limit": ("Out of time", "failed", "clock"),
    "memory_limit": ("Out of memory", "failed", "cpu"),
    "output_limit": ("Too much output", "failed", "scroll-text"),
    "internal_error": ("Our fault, not yours", "waiting", "wrench"),
    "cancelled": ("Cancelled", "neutral", "minus"),
}
_STOPPED = {
    "time_limit": "did not finish in time",
    "memory_limit": "used more memory than it may",
    "output_limit": "printed more than it may",
}


def verdict_view(
    kind: VerdictKind,
    panel: ResultsPanel,
    *,
    message: str = "",
    place: Place | None = None,
    wall_ms: float | None = None,
    peak_memory_kib: int | None = None,
) -> VerdictView:
    """Return the banner for a verdict. `message` and `place` are the runner's, for answers that did
    not load.
    """
    title, tone, icon = VERDICTS[kind]
    if kind == "accepted" and panel.mode == "run":
        title = "The tests passed" if panel.open_checks else "The visible checks passed"
    if kind == "runtime_error":
        place = place or _raised_at(panel)
    href, action = _where(kind, panel, place)
    return VerdictView(
        kind=kind,
        title=title,
        sentence=_sentence(kind, panel, message, place),
        tone=tone,
        icon=icon,
        wall_ms=wall_ms,
        peak_memory_kib=peak_memory_kib,
        href=href,
        file=place.file if place else "",
        action=action,
    )


def _where(kind: VerdictKind, panel: ResultsPanel, place: Place | None) -> tuple[str, str]:
    """Return where the person should look next, with the link's words."""
    if kind == "accepted":
        return ("?tab=solution", "See the solution") if panel.mode == "submit" else ("", "")
    if place:
        return f"#L{place.line}", f"Go to {place.words(panel.main)}"
    failed = _first_failed(panel)
    if failed is None:
        return "", ""
    return f"#check-{failed.id}", f"Open check {failed.number}"


def _raised_at(panel: ResultsPanel) -> Place | None:
    """Return where the first check that failed raised, where that is known."""
    failed = _first_failed(panel)
    if failed is None or not failed.traceback:
        return None
    last = failed.traceback[-1]
    return Place(last.file, last.line)


def _first_failed(panel: ResultsPanel) -> CheckView | None:
    return next((check for check in panel.checks if check.tick == "failed"), None)


def _sentence(  # noqa: PLR0911 a sentence a verdict
    kind: VerdictKind, panel: ResultsPanel, message: str, place: Place | None
) -> str:
    failed = _first_failed(panel)
    total = len(panel.checks)
    passed = panel.ticks.count("passed")
    match kind:
        case "accepted":
            return _accepted(panel, total)
        case "wrong_answer":
            return f"{passed} of {plural(total, 'check')} passed.{_reason(failed)}"
        case "runtime_error":
            return _raised(panel, failed, message, place)
        case "syntax_error":
            where = f"{_capital(place.words(panel.main))}: " if place else ""
            return f"{where}{_stop(message or 'it is not valid Python')} No check has run."
        case "time_limit" | "memory_limit" | "output_limit":
            who = f"Check {failed.number}" if failed else "The answer"
            return f"{who} {_STOPPED[kind]}. {passed} of {plural(total, 'check')} passed."
        case "internal_error":
            reason = _stop(message or "The sandbox failed three times")
            return f"{reason} This does not count against you. Submit again."
        case "cancelled":
            ran = sum(check.ended for check in panel.checks)
            after = f" after {plural(ran, 'check')}" if ran else ""
            return f"You stopped it{after}, so there is no verdict."


def _reason(failed: CheckView | None) -> str:
    """Say why the first check failed: by its two values where they are short, else in its words."""
    if failed is None:
        return ""
    expected, actual = failed.expected, failed.actual
    if expected and actual and all(_is_short(value) for value in (expected, actual)):
        return f" Check {failed.number} expected {expected}, and saw {actual}."
    message = _first_line(failed.message)
    return f" Check {failed.number}: {message}" if message else ""


def _is_short(value: str) -> bool:
    return len(value) <= _SHORT and "\n" not in value


def _accepted(panel: ResultsPanel, total: int) -> str:
    every = "The one" if total == 1 else f"All {total}"
    if panel.mode == "run":
        rest = "Submit keeps it." if panel.open_checks else "Submit runs the hidden ones too."
        return f"{every} passed. {rest}"
    return f"{every} {'check' if total == 1 else 'checks'} passed."


def _raised(
    panel: ResultsPanel, failed: CheckView | None, message: str, place: Place | None
) -> str:
    where = f" on {place.words(panel.main)}" if place else ""
    if failed is None:
        return f"It stopped while loading{where}: {_stop(_first_line(message))} No check has run."
    kind = _first_line(failed.error).split(":", maxsplit=1)[0] or "An exception"
    raised = sum(check.state == "error" for check in panel.checks)
    return f"{kind}{where}, in {raised} of {plural(len(panel.checks), 'check')}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _first_line(text: str) -> str:
    return text.strip().split("\n", maxsplit=1)[0][:200]


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
