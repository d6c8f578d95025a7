"""What the agent says about itself when it is asked `{"op": "status"}`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

EngineState = Literal["starting", "building", "ready", "away", "failed"]


class Progress(BaseModel):
    """One line about a long task, such as building the image."""

    model_config = ConfigDict(frozen=True)

    step: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.step}: {self.detail}" if self.detail else self.step


class PoolCount(BaseModel):
    """How many sandboxes of one kind wait, how many should, and how many are being started."""

    model_config = ConfigDict(frozen=True)

    warm: int
    wanted: int
    starting: int = 0


class PoolMemory(BaseModel):
    """MiB that the sandboxes of the pool take, and may take, by what each kind was measured to
    take.
    """

    model_config = ConfigDict(frozen=True)

    used_mib: int = 0
    budget_mib: int = 0


class QueueCount(BaseModel):
    """How many judgements run, wait and may wait."""

    model_config = ConfigDict(frozen=True)

    running: int
    slots: int
    waiting: int
    capacity: int


class RunnerStatus(BaseModel):
    """The whole answer. `message` says in a sentence what is the matter when it is not ready."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    state: EngineState
    message: str = ""
    image_digest: str = ""
    progress: Progress | None = None
    pool: dict[str, PoolCount] = {}
    pool_memory: PoolMemory = PoolMemory()
    judges: int = 0
    queue: QueueCount = QueueCount(running=0, slots=0, waiting=0, capacity=0)
    last_error: str = ""

    @property
    def ready(self) -> bool:
        """Whether a judgement that is sent now will be carried out."""
        return self.state == "ready"
