"""What question.toml, topic.toml and rubric.toml may say (format 1), as the bank's README explains.

An unknown field is a fault: a misspelt one would otherwise be silently without effect.
"""

import re
from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\r\n]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Kebab = Annotated[str, StringConstraints(pattern=f"^{KEBAB.pattern}$", max_length=64)]
Weight = Annotated[int, Field(ge=1, le=3)]
FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=64)
]
MAX_FILES = 16


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class HereManifest(_Strict):
    """[[here]] of a topic: a place in this site's own source, and what it shows."""

    says: Prose
    file: Line
    name: Line


class TopicManifest(_Strict):
    """topic.toml."""

    number: Annotated[int, Field(ge=1, le=9999)]
    title: Annotated[Line, Field(max_length=200)]
    section: Annotated[Line, Field(max_length=200)]
    blurb: Prose
    why: str = ""
    prerequisites: list[Kebab] = []
    here: list[HereManifest] = []


class LimitsManifest(_Strict):
    """[limits] of a code question; what is left out is as the runner has it."""

    check_seconds: Annotated[float, Field(gt=0, le=60)] | None = None
    total_seconds: Annotated[float, Field(gt=0, le=300)] | None = None
    memory_mib: Annotated[int, Field(ge=64, le=2048)] | None = None
    output_kib: Annotated[int, Field(ge=1, le=1024)] | None = None
    disk_mib: Annotated[int, Field(ge=1, le=512)] | None = None
    pids: Annotated[int, Field(ge=8, le=256)] | None = None


class Survivor(_Strict):
    """A small change of the reference that no check notices, and why that is right."""

    change: Line
    why: str = ""


class StrengthManifest(_Strict):
    """strength.toml: how many small changes of the reference the checks notice."""

    measured: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """With which checks and which reference."""
    changes: Annotated[int, Field(ge=0)]
    noticed: Annotated[int, Field(ge=0)]
    survivors: list[Survivor] = []

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.noticed + len(self.survivors) != self.changes:
            raise ValueError("What was noticed and what survived are not all of the changes.")
        return self

    @property
    def rate(self) -> float:
        """The share of the changes that are noticed, from 0 to 1."""
        return self.noticed / self.changes if self.changes else 1.0


Key = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}\.[1-9]\d{0,3}$")]


class QuestionManifest(_Strict):
    """question.toml."""

    format: Literal[1]
    id: Kebab
    key: Key | None = None
    shows: Key | None = None
    """The explain question of which this one asks for the code."""
    slug: Kebab
    kind: Literal["code", "explain"]
    title: Annotated[Line, Field(max_length=300)]
    heading: Annotated[Line, Field(max_length=200)] | None = None
    difficulty: Literal["junior", "mid", "senior"]
    minutes: Annotated[int, Field(ge=1, le=480)]
    tags: Annotated[list[Kebab], Field(max_length=12)] = []
    profile: Literal["pydantic", "sqlalchemy", "fastapi", "everything"] | None = None
    services: list[Literal["redis", "postgres", "celery", "kafka", "otlp", "mail", "target"]] = []
    fresh: bool = True
    answer_files: Annotated[list[FileName], Field(min_length=1, max_length=MAX_FILES)] = [
        "answer.py"
    ]
    limits: LimitsManifest = LimitsManifest()

    @field_validator("tags", "services", "answer_files")
    @classmethod
    def _once_each(cls, values: list[str]) -> list[str]:
        return _distinct(values)

    @model_validator(mode="after")
    def _only_code_is_judged(self) -> Self:
        given = self.model_fields_set & {"profile", "services", "fresh", "answer_files", "limits"}
        if self.kind == "explain" and given:
            raise ValueError(f"An explain question has no {min(given)}. Remove it.")
        if self.shows and (self.kind == "explain" or self.key):
            raise ValueError("Only a code question without a key shows another one in code.")
        return self


class KeyPoint(_Strict):
    """A claim that can be said or missed."""

    id: Kebab
    claim: Prose
    weight: Weight
    why: Prose
    said: Annotated[list[Line], Field(min_length=1)]


class Misconception(_Strict):
    """A wrong sentence as people say it, and how it is put right."""

    wrong: Prose
    signs: Annotated[list[Line], Field(min_length=1)]
    correction: Prose


class FollowUp(_Strict):
    """What is asked next, and when."""

    prompt: Prose
    when: Annotated[str, StringConstraints(pattern=r"^(always|(missed|said):[a-z0-9-]+)$")]
    good: Prose


class RubricManifest(_Strict):
    """rubric.toml of an explain question."""

    model_answer: Prose
    sources: list[Line] = []
    key_points: Annotated[list[KeyPoint], Field(min_length=1)]
    misconceptions: list[Misconception] = []
    follow_ups: list[FollowUp] = []

    @model_validator(mode="after")
    def _points_are_known(self) -> Self:
        ids = _distinct([point.id for point in self.key_points])
        for follow_up in self.follow_ups:
            point = follow_up.when.partition(":")[2]
            if point and point not in ids:
                raise ValueError(
                    f"A follow-up waits for the key point {point}, which is not there."
                )
        return self


def _distinct(values: list[str]) -> list[str]:
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ValueError(f"{twice[0]} is there twice.")
    return values
