"""What an attempt's page shows: how far it is, everything that was answered, and the draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from greenroom.practice.answer_views import AnswerLine
from greenroom.practice.explain_views import Subject, subject_of
from greenroom.practice.home_views import draft_words
from greenroom.practice.models import Attempt
from greenroom.practice.moments import ago


@dataclass(frozen=True)
class Fact:
    """Something that happened in an attempt, and when."""

    icon: str
    text: str
    when: str
    when_iso: str


@dataclass(frozen=True)
class DraftFile:
    """A file of the draft as it was last saved."""

    name: str
    content: str


@dataclass(frozen=True)
class AttemptPage:
    """An attempt at a question, from the first look on."""

    subject: Subject
    kind: str
    status: str
    facts: tuple[Fact, ...]
    hints_shown: int
    hints_total: int
    answers: tuple[AnswerLine, ...]
    draft: str
    files: tuple[DraftFile, ...]


def attempt_page(
    attempt: Attempt, status: str, answers: Sequence[AnswerLine], now: datetime
) -> AttemptPage:
    """Return an attempt's page; its question, version, topic and draft are loaded."""
    version = attempt.question.current
    draft = draft_words(attempt, now)
    files = attempt.draft.files if attempt.draft and draft else {}
    return AttemptPage(
        subject=subject_of(attempt.question, version),
        kind=attempt.question.kind,
        status=status,
        facts=_facts(attempt, now),
        hints_shown=min(attempt.hints_shown, len(version.hints_html)),
        hints_total=len(version.hints_html),
        answers=tuple(answers),
        draft=draft,
        files=tuple(DraftFile(name, content) for name, content in files.items()),
    )


def _facts(attempt: Attempt, now: datetime) -> tuple[Fact, ...]:
    moments = (
        ("book-open", "First opened", attempt.opened_at),
        ("lightbulb", "Gave up, and opened the solution", attempt.gave_up_at),
        ("check", "Solved", attempt.solved_at),
    )
    return tuple(
        Fact(icon, text, ago(moment, now), moment.isoformat())
        for icon, text, moment in moments
        if moment is not None
    )
