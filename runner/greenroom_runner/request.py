"""What the caller hands to the runner: everything one judgement needs, and nothing that names a
person.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from greenroom_runner.limits import Limits

Profile = Literal["pydantic", "sqlalchemy", "fastapi", "everything"]
Service = Literal["redis", "postgres", "celery", "kafka", "otlp", "mail", "target"]
"""What may run beside an answer, in its sandbox."""
Mode = Literal["run", "submit"]

MAX_FILE_BYTES = 256 * 1024
MAX_FILES = 16


class RunRequest(BaseModel):
    """One judgement to carry out. `mode="run"` plans the visible checks only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judgement_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{32,36}$")]
    tenant: Annotated[str, Field(min_length=1, max_length=64)]
    profile: Profile
    services: tuple[Service, ...] = ()
    fresh: bool = True
    """Each check meets the answer as it was loaded. Else all share one process, as in pytest."""
    mode: Mode
    files: Annotated[dict[str, str], Field(min_length=1, max_length=MAX_FILES)]
    main: str = "answer.py"
    grader: str
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    limits: Limits = Limits()
    reveal_hidden: bool = False
    """Keep the details of hidden checks. Only for authors who prove their own grader."""
