"""How well the questions are proved, as authors see it. Pure: rows in, values out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from greenroom.bank.models import Question, QuestionProof, Topic
from greenroom.bank.proofs import Report
from greenroom.practice.moments import ago
from greenroom.web.text import milliseconds, plural

State = Literal["proved", "not_proved", "changed", "never", "unwritten"]

WORDS: Mapping[State, str] = {
    "proved": "Proved",
    "not_proved": "Not proved",
    "changed": "Changed since",
    "never": "Never proved",
    "unwritten": "Not written",
}
TONES: Mapping[State, str] = {
    "proved": "passed",
    "not_proved": "failed",
    "changed": "waiting",
    "never": "waiting",
    "unwritten": "neutral",
}


@dataclass(frozen=True)
class ProofRow:
    """A question and its last proof. What is not known is empty."""

    name: str
    heading: str
    href: str
    state: State
    answers: str = ""
    slowest: str = ""
    closest: str = ""
    strength: str = ""
    unexplained: int = 0
    when: str = ""
    faults: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        """The state's colour by its name."""
        return TONES[self.state]


@dataclass(frozen=True)
class ProofSection:
    """The questions of a section of the curriculum."""

    name: str
    rows: tuple[ProofRow, ...]


@dataclass(frozen=True)
class ProofsPage:
    """All questions with their proofs; `open_ones` are those that need somebody's hand."""

    sections: tuple[ProofSection, ...]
    counts: Mapping[State, int]

    @property
    def rows(self) -> Iterator[ProofRow]:
        """All rows in the bank's order."""
        return (row for section in self.sections for row in section.rows)

    @property
    def open_ones(self) -> tuple[ProofRow, ...]:
        """What was found not to be as it must be."""
        return tuple(row for row in self.rows if row.state == "not_proved")

    @property
    def sentence(self) -> str:
        """The whole in a line."""
        total = sum(self.counts.values())
        rest = [
            f"{count} {WORDS[state].casefold()}"
            for state, count in self.counts.items()
            if count and state != "proved"
        ]
        first = f"{self.counts['proved']} of {plural(total, 'question')} proved as they stand"
        return f"{'; '.join([first, *rest])}."


def proofs_page(
    topics: Sequence[Topic], proofs: Mapping[str, QuestionProof], now: datetime
) -> ProofsPage:
    """Return the page; `topics` come with their questions and these' current versions."""
    sections: dict[str, list[ProofRow]] = {}
    for topic in topics:
        rows = sections.setdefault(topic.section, [])
        rows.extend(_row(question, proofs.get(question.uid), now) for question in topic.questions)
    shown = tuple(ProofSection(name, tuple(rows)) for name, rows in sections.items())
    counts = dict.fromkeys(WORDS, 0)
    for section in shown:
        for row in section.rows:
            counts[row.state] += 1
    return ProofsPage(shown, counts)


def _row(question: Question, proof: QuestionProof | None, now: datetime) -> ProofRow:
    version = question.current
    known = ProofRow(
        name=question.key or question.slug,
        heading=version.heading,
        href=f"/questions/{question.slug}",
        state="never" if version.is_complete else "unwritten",
    )
    if proof is None:
        return known
    report = Report.model_validate(proof.report)
    state: State = "proved" if report.proved else "not_proved"
    return replace(
        known,
        state=state if proof.digest == version.digest else "changed",
        answers=_answers(report),
        slowest=milliseconds(report.slowest_ms) if report.slowest_ms else "",
        closest=f"{report.used:.0%} of {report.limit}" if report.limit else "",
        strength="" if report.strength is None else f"{report.strength:.0%}",
        unexplained=report.unexplained,
        when=ago(proof.proved_at, now),
        faults=tuple(report.faults),
    )


def _answers(report: Report) -> str:
    told = []
    if report.accepted or report.refused:
        told.append(f"{report.accepted} right, {report.refused} wrong")
    if report.examples:
        told.append(plural(report.examples, "example"))
    return ", ".join(told)
