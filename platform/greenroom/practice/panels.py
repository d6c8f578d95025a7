"""From a judgement's entries to its results panel. Pure: the same entries give the same panel, be
they read from the stream or told from the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.judging.entries import Entry
from greenroom.practice import live_results as live
from greenroom.practice.views import (
    CheckView,
    FaultView,
    Place,
    ResultsPanel,
    StreamMessage,
    TraceLine,
)

_SHOWN = (
    *("ms", "cpu_ms", "peak_memory_kib", "seed", "message", "hint"),
    *("expected", "actual", "output", "error", "outer_frames"),
)


class PanelFeed:
    """A panel that grows with each entry it is given."""

    def __init__(self, panel: ResultsPanel) -> None:
        """Begin with a panel about which nothing is known yet."""
        self.panel = live.queued(panel).panel
        self._output = ""

    def take(self, entry: Entry) -> StreamMessage | None:
        """Let the panel grow; return what a page has to be told, if anything."""
        message = self._message(entry.kind, entry.body)
        if message:
            self.panel = message.panel
        self.panel = replace(self.panel, after=entry.id)
        return message

    def _message(self, kind: str, body: Mapping[str, Any]) -> StreamMessage | None:
        match kind:
            case "status":
                return self._state(body)
            case "plan":
                return live.planned(self.panel, _planned(body["checks"]))
            case "check":
                return live.ended(self.panel, _check(body))
            case "output":
                self._output = body["text"]
                return None
            case "verdict":
                return self._verdict(body)
            case _:
                return None

    def _state(self, body: Mapping[str, Any]) -> StreamMessage | None:
        match body["phase"]:
            case "queued":
                return live.queued(self.panel, body["position"])
            case "waiting" | "starting":
                return live.starting(self.panel)
            case "retrying":
                return live.retrying(self.panel, body["try"])
            case "loading":
                return live.loading(self.panel)
            case "checking":
                return live.checking(self.panel)
            case _:
                return None

    def _verdict(self, body: Mapping[str, Any]) -> StreamMessage:
        cancelled = body["status"] == "cancelled"
        verdict = live.verdict_view(
            "cancelled" if cancelled else body["verdict"],
            self.panel,
            message=body["message"],
            place=_place(body),
            wall_ms=body["usage"].get("wall_ms"),
            peak_memory_kib=body["usage"].get("peak_memory_kib"),
        )
        return live.finished(self.panel, verdict, self._fault(body))

    def _fault(self, body: Mapping[str, Any]) -> FaultView | None:
        """Return what is said of the whole answer, where it did not come to its checks."""
        ran = any(check.ended for check in self.panel.checks)
        message = "" if ran or body["status"] == "cancelled" else body["message"]
        if body["verdict"] in {"accepted", "internal_error"}:
            message = ""
        if not (message or self._output or body["traceback"]):
            return None
        return FaultView(message, _trace(body["traceback"]), body["outer_frames"], self._output)


def panel_of(panel: ResultsPanel, told: Iterable[Entry]) -> ResultsPanel:
    """Return the panel as it is after all that was told."""
    feed = PanelFeed(panel)
    for entry in told:
        feed.take(entry)
    return feed.panel


def _planned(checks: Sequence[Mapping[str, Any]]) -> tuple[CheckView, ...]:
    return tuple(
        CheckView(check["id"], number, check["name"], check["visibility"] == "hidden")
        for number, check in enumerate(checks, start=1)
    )


def _check(body: Mapping[str, Any]) -> CheckView:
    return CheckView(
        id=body["id"],
        number=body["position"] + 1,
        name=body["name"],
        hidden=body["visibility"] == "hidden",
        state=body["status"],
        diff=body["diff"] or "",
        traceback=_trace(body["traceback"]),
        **{name: body[name] for name in _SHOWN},
    )


def _place(body: Mapping[str, Any]) -> Place | None:
    return Place(body["file"], body["line"]) if body["file"] and body["line"] else None


def _trace(frames: Sequence[Mapping[str, Any]]) -> tuple[TraceLine, ...]:
    return tuple(
        TraceLine(frame["file"], frame["line"], frame["function"], frame.get("source", ""))
        for frame in frames
    )
