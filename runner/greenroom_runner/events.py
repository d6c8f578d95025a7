"""What the runner says while it judges: one JSON object a line, in the order in which things
happened.

Every text in an event comes, in the end, from hostile code, so `Text` is the one door: it turns
NUL, lone surrogates and other control characters into visible escapes and cuts what is too long.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

MAX_TEXT = 8 * 1024
_LAST_OF_ONE_BYTE = 0xFF
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return `text` with control, bidi and surrogate characters written out, NUL as `\x00`."""
    return _UNSAFE.sub(lambda found: _escape(found.group()), text.replace("\r\n", "\n"))


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= _LAST_OF_ONE_BYTE else f"\\u{code:04x}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n[cut]"


def _visible_if_text(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_visible_if_text), AfterValidator(_cut)]
Visibility = Literal["visible", "hidden"]
CheckStatus = Literal[
    "passed", "failed", "error", "time_limit", "memory_limit", "output_limit", "not_run"
]
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


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Frame(BaseModel):
    """One line of the answer in a traceback, innermost last. Where Python could not read on, the
    last one is of no function.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Text
    line: Annotated[int, Field(ge=0)]
    function: Text
    source: Text = ""


class PlannedCheck(BaseModel):
    """A check that will run, announced before the first one starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,100}$")]
    name: Text
    group: Text
    visibility: Visibility


class Usage(BaseModel):
    """What the judgement cost. Milliseconds and KiB; None where the sandbox cannot tell. Processor
    time and memory are those of the checks of which all is told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_ms: float = 0
    load_ms: float = 0
    checks_ms: float = 0
    wall_ms: float = 0
    cpu_ms: float | None = None
    peak_memory_kib: int | None = None


class Status(_Event):
    """Where the judgement is. `position` counts those ahead in the runner's own queue."""

    type: Literal["status"] = "status"
    phase: Literal["queued", "starting", "loading", "checking"]
    position: int | None = None


class Plan(_Event):
    """All checks that will run, in order."""

    type: Literal["plan"] = "plan"
    checks: list[PlannedCheck]


class Begin(_Event):
    """A check has started."""

    type: Literal["begin"] = "begin"
    id: str


class Check(_Event):
    """A check has ended. For a hidden check only the hint is kept, unless the request reveals: what
    the answer's side measures may be forged, to tell what was sent.
    """

    type: Literal["check"] = "check"
    id: str
    status: CheckStatus
    ms: Annotated[float, Field(ge=0)]
    cpu_ms: float | None = None
    peak_memory_kib: int | None = None
    """Both of the answer's process, the warm libraries in its memory included; None where the
    sandbox cannot tell."""
    seed: int | None = None
    """What repeats the inputs of a check that did not pass, where it drew them at random."""
    message: Text = ""
    hint: Text = ""
    expected: Text | None = None
    actual: Text | None = None
    diff: Text | None = None
    output: Text = ""
    error: Text = ""
    traceback: list[Frame] = []
    outer_frames: int = 0
    """How many frames outside the answer were left out of `traceback`."""


class Finished(_Event):
    """The last event. `outcome` says how the run ended; the caller derives the verdict from it.
    `file` and `line` say where an answer could not be loaded.
    """

    type: Literal["finished"] = "finished"
    outcome: Outcome
    message: Text = ""
    file: Text | None = None
    line: int | None = None
    traceback: list[Frame] = []
    output: Text = ""
    usage: Usage = Usage()
    image_digest: str = ""


Event = Annotated[Status | Plan | Begin | Check | Finished, Field(discriminator="type")]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
