"""What a sandbox engine must offer. Small on purpose: a second engine is one class.

An engine starts sandboxes and ends them. It knows neither graders nor verdicts; `session.py` does
the talking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from greenroom_runner.channel import Channel
from greenroom_runner.limits import Limits
from greenroom_runner.request import Beside, Profile


class EngineError(Exception):
    """The engine cannot do what was asked: not there, out of disk, image missing. A fault of
    ours, never a verdict.
    """


class UnableError(EngineError):
    """A sandbox of this kind cannot run on this machine, however often it is tried: a service's
    program is missing. The text says which.
    """


@dataclass(frozen=True)
class Stopped:
    """How a sandbox ended. None where the engine cannot tell."""

    oom: bool = False
    exit_code: int | None = None
    peak_memory_kib: int | None = None
    cpu_ms: float | None = None


class Sandbox(Protocol):
    """One running sandbox. It belongs to one caller at a time."""

    @property
    def id(self) -> str: ...

    @property
    def channel(self) -> Channel: ...

    @property
    def image(self) -> str:
        """What `Engine.image_digest` returned when it was started."""

    @property
    def stopped(self) -> bool:
        """True after `stop`: it cannot be used again."""

    def stop(self) -> Stopped:
        """Close the channel first, then kill and remove everything. Bounded in time; a second
        call returns the same.
        """


class Engine(Protocol):
    """Starts sandboxes. All methods may be called from several threads."""

    @property
    def name(self) -> str: ...

    def start_candidate(self, profile: Profile, services: Sequence[Beside] = ()) -> Sandbox:
        """Start a sandbox for one answer, with services beside it. It is warm once
        `session.await_ready` returns. Raises EngineError.
        """

    def start_judge(self, tenant: str) -> Sandbox:
        """Start a sandbox for the graders of one tenant. Ready once `session.await_ready`
        returns. Raises EngineError.
        """

    def apply_limits(self, sandbox: Sandbox, limits: Limits) -> None:
        """Set memory and process limits of a waiting candidate sandbox, before it is given its
        job.
        """

    def image_digest(self) -> str:
        """Return what identifies the software that judges, e.g. an image digest."""

    def sweep(self) -> int:
        """End sandboxes that an earlier process of ours left behind, and return how many."""

    def healthy(self) -> bool:
        """Say whether a sandbox could be started now."""
