"""A question, a topic and the bank as read from disk: whole, checked, and not to be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenroom.bank.checks import PlannedCheck
from greenroom.bank.digest import measured_digest
from greenroom.bank.manifest import QuestionManifest, StrengthManifest, TopicManifest

Files = Mapping[str, str]


@dataclass(frozen=True)
class Mutant:
    """A wrong answer with the verdict that it must get and the checks that must fail."""

    name: str
    verdict: str
    files: Files
    catches: tuple[str, ...]


@dataclass(frozen=True)
class LoadedQuestion:
    """One question. `folder` is its place in the bank, `files` hold answers by file name."""

    folder: str
    topic: str
    manifest: QuestionManifest
    position: int
    statement_html: str
    statement_text: str
    hints_html: tuple[str, ...]
    solution_html: str
    starter: Files
    reference: Files
    alternatives: Mapping[str, Files]
    mutants: tuple[Mutant, ...]
    grader: str | None
    suite: Files | None
    """The files of an open suite, which stands in the grader's place."""
    checks: tuple[PlannedCheck, ...]
    rubric: Mapping[str, Any] | None
    strength: StrengthManifest | None
    """What was measured last, maybe with other checks: see `measured_digest`."""
    digest: str
    grading_digest: str

    @property
    def is_complete(self) -> bool:
        """Whether an answer can be judged (code) or compared (explain)."""
        ways = (self.rubric,) if self.manifest.kind == "explain" else (self.grader, self.suite)
        return any(way is not None for way in ways)

    @property
    def measured_digest(self) -> str:
        """What stands in `strength` if it was measured with these checks and this reference."""
        return measured_digest(self.grading_digest, self.reference)

    def is_called(self, name: str) -> bool:
        """Whether a person means this question: by key, slug, id or folder."""
        known = (self.manifest.key, self.manifest.slug, self.manifest.id, self.folder)
        return name in known or name == self.folder.rpartition("/")[2]


@dataclass(frozen=True)
class LoadedTopic:
    """One topic with its questions in order."""

    slug: str
    manifest: TopicManifest
    blurb_html: str
    why_html: str
    here: tuple[dict[str, str], ...]
    """Places in this site's own source, as the database keeps them."""
    questions: tuple[LoadedQuestion, ...]


@dataclass(frozen=True)
class LoadedBank:
    """All topics by number. `stamp` says in which state the folder was read."""

    topics: tuple[LoadedTopic, ...]
    stamp: str

    @property
    def questions(self) -> tuple[LoadedQuestion, ...]:
        """All questions in the bank's order."""
        return tuple(question for topic in self.topics for question in topic.questions)
