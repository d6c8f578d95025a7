"""What the caller hands to the runner: everything one judgement needs, and nothing that names a
person.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from greenroom_runner.events import PlannedCheck
from greenroom_runner.limits import Limits

Profile = Literal["pydantic", "sqlalchemy", "fastapi", "everything"]
Service = Literal["redis", "postgres", "celery", "kafka", "otlp", "mail", "target"]
"""What may run beside an answer, in its sandbox."""
Beside = Literal[Service, "suite"]
"""The same, and for an open suite pytest, imported ahead."""
Mode = Literal["run", "submit"]

MAX_FILE_BYTES = 256 * 1024
MAX_FILES = 16
MAX_TESTS = 200


class SuiteTest(PlannedCheck):
    """A check that is a test of a suite. `test` is its name for pytest: `test_it.py::test_adds`."""

    test: Annotated[str, Field(min_length=1, max_length=300)]


class Suite(BaseModel):
    """Plain pytest or unittest files, which run beside the answer, and their tests in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: Annotated[dict[str, str], Field(min_length=1, max_length=MAX_FILES)]
    tests: Annotated[tuple[SuiteTest, ...], Field(min_length=1, max_length=MAX_TESTS)]


class RunRequest(BaseModel):
    """One judgement to carry out, by a grader or by an open suite. `mode="run"` plans the visible
    checks only.
    """

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
    grader: str | None = None
    suite: Suite | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    limits: Limits = Limits()
    reveal_hidden: bool = False
    """Keep the details of hidden checks. Only for authors who prove their own grader."""

    @model_validator(mode="after")
    def _is_judged_one_way(self) -> Self:
        if (self.grader is None) == (self.suite is None):
            raise ValueError("A judgement is by a grader or by a suite: exactly one of them.")
        return self

    @property
    def beside(self) -> tuple[Beside, ...]:
        """What the sandbox of the answer has beside its profile."""
        return self.services if self.suite is None else (*self.services, "suite")
