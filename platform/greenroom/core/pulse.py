"""A sign of life: each worker says every few seconds that it lives and how the sandbox is.

It expires by itself. The web process reads it instead of asking the runner, which it need not be
able to reach.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from greenroom.core.redis import client

KEY = "greenroom:pulse"
BEAT_SECONDS = 2
LIFE_SECONDS = 10

State = Literal["starting", "building", "ready", "away", "failed"]


@dataclass(frozen=True)
class Pulse:
    """How the sandbox is: `message` in one sentence, `percent` of a build that is under way."""

    state: State
    engine: str = ""
    message: str = ""
    percent: int | None = None


def beat(pulse: Pulse) -> None:
    """Say that a worker lives, and what its runner says. Raises what Redis raises."""
    client().set(KEY, json.dumps(asdict(pulse)), ex=LIFE_SECONDS)


def parse(text: str | bytes | None) -> Pulse | None:
    """Return what was said last, None where no worker has spoken lately."""
    return Pulse(**json.loads(text)) if text else None
