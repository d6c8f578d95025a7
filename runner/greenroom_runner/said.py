"""What sandboxes say, read strictly: the models of their frames, and the events made of them.

A candidate's frames are hostile, down to every number. A judge's frames are checked as well, so
that a fault of a grader is one sentence instead of a traceback.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from greenroom_runner.events import Check, Frame, PlannedCheck, Text

Milliseconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
MAX_PLANNED = 200


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Error(_Said):
    """An exception of the answer."""

    kind: str
    type: Text
    module: Text
    message: Text
    frames: Annotated[list[Frame], Field(max_length=50)] = []
    outer_frames: Annotated[int, Field(ge=0, le=10**6)] = 0

    def text(self) -> str:
        """Return the exception as Python prints it."""
        name = f"{self.module}.{self.type}" if self.module else self.type
        return f"{name}: {self.message}" if self.message else name


class Loaded(_Said):
    """The answer is imported, or is not and `error` says why."""

    t: Literal["loaded"]
    ms: Milliseconds
    error: Error | None
    output: Text = ""
    cut: bool = False


class Ended(_Said):
    """A check's process is gone."""

    t: Literal["ended"]
    output: Text = ""
    cut: bool = False
    cpu_ms: Milliseconds | None = None
    peak_kib: Annotated[int, Field(ge=0, le=10**10)] | None = None
    raised: Error | None = None


class Died(_Said):
    """The answer's process died of itself, or had to. `late`: the agent had waited enough."""

    t: Literal["died"]
    reason: Literal["memory", "output", "exit", "late"]
    detail: Text = ""
    output: Text = ""


class Planned(_Said):
    """The checks of a grader, and the ids of those that draw random inputs."""

    checks: Annotated[list[PlannedCheck], Field(max_length=MAX_PLANNED)]
    random: Annotated[list[str], Field(max_length=MAX_PLANNED)] = []


class Result(_Said):
    """What one check came to."""

    id: str
    status: Literal["passed", "failed", "error"]
    ms: Milliseconds
    message: Text = ""
    hint: Text = ""
    expected: Text | None = None
    actual: Text | None = None
    diff: Text | None = None
    error: Text = ""
    traceback: list[Frame] = []
    outer_frames: int = 0


def check_event(result: Result, ended: Ended, seed: int | None, *, secret: bool) -> Check:
    """Return the event of a check that has run. Of a `secret` one only the hint is kept. `seed` is
    what its inputs were drawn with, None where they are fixed.
    """
    status: Any = "output_limit" if ended.cut else result.status
    hint = "" if status == "passed" else result.hint
    if secret:
        return Check(id=result.id, status=status, ms=result.ms, hint=hint)
    found = result.model_dump(exclude={"t"}) | {
        "status": status,
        "output": ended.output,
        "cpu_ms": ended.cpu_ms,
        "peak_memory_kib": ended.peak_kib,
        "seed": None if status == "passed" else seed,
    }
    if status == "error" and not result.error and ended.raised is not None:
        found["error"] = ended.raised.text()
        found["traceback"] = ended.raised.frames
        found["outer_frames"] = ended.raised.outer_frames
    return Check(**found)
