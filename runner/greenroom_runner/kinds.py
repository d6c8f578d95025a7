"""What the pool keeps: candidates by profile and services, written `fastapi+postgres+redis`, and
judges.
"""

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from greenroom_runner.engine import Engine, EngineError, Sandbox
from greenroom_runner.request import Beside, Profile

JUDGE = "judge"
_PROFILE = TypeAdapter(Profile).validate_python
_BESIDE = TypeAdapter(Beside).validate_python
_MEBIBYTES = {
    JUDGE: 16,
    "pydantic": 27,
    "sqlalchemy": 41,
    "fastapi": 55,
    "everything": 120,
    "postgres": 60,
    "redis": 10,
    "suite": 20,
}
"""What a waiting sandbox of each kind, and each service in it, was measured to hold for itself."""
_UNMEASURED = 40


def kind_of(profile: Profile, services: Sequence[Beside]) -> str:
    """Return the pool's kind of a profile with services."""
    return "+".join((profile, *sorted(services)))


def cost_mib(kind: str) -> int:
    """Return the MiB of memory that a waiting sandbox of this kind takes."""
    return sum(_MEBIBYTES.get(part, _UNMEASURED) for part in kind.split("+"))


def start(engine: Engine, kind: str) -> Sandbox:
    """Start a sandbox of a kind. Raises EngineError."""
    if kind == JUDGE:
        return engine.start_judge("")
    profile, *services = kind.split("+")
    try:
        return engine.start_candidate(_PROFILE(profile), [_BESIDE(one) for one in services])
    except ValidationError as problem:
        raise EngineError(f"There is no sandbox of the kind {kind}.") from problem
