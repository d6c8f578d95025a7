"""What the first page shows: where the person was, what could come next, and how much is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from greenroom.practice.answer_views import AnswerLine
from greenroom.practice.catalogue_views import SectionPart
from greenroom.practice.explain_views import Subject, count_words, subject_of
from greenroom.practice.home import Proposal
from greenroom.practice.models import Attempt
from greenroom.practice.moments import ago
from greenroom.web.text import plural

_OPEN = {1: "One is", 2: "Two are", 3: "Three are", 4: "Four are", 5: "Five are", 6: "Six are"}


@dataclass(frozen=True)
class UnderWay:
    """A question that is begun and not done. `last` is the latest submission, if there is one."""

    subject: Subject
    kind: str
    attempt_href: str
    draft: str
    touched: str
    touched_iso: str
    last: AnswerLine | None = None


@dataclass(frozen=True)
class HomePage:
    """The first page."""

    date: str
    day: str
    current: UnderWay | None
    others: tuple[UnderWay, ...]
    proposals: tuple[Proposal, ...]
    sections: tuple[SectionPart, ...]
    answers: tuple[AnswerLine, ...]

    @property
    def total(self) -> int:
        """How many questions there are."""
        return sum(section.total for section in self.sections)

    @property
    def done(self) -> int:
        """How many are solved or answered."""
        return sum(section.done for section in self.sections)

    @property
    def is_new(self) -> bool:
        """Whether the person has not begun anything."""
        return not (self.current or self.answers or self.done)

    @property
    def lede(self) -> str:
        """Where the person stands, in a sentence or two."""
        if not self.total:
            return "The question bank is empty."
        if self.is_new:
            return (
                f"{plural(self.total, 'question')} to practise with. You answer in code, which is "
                "run and checked, or in words, which you measure against an interviewer's rubric."
            )
        done = f"{self.done} of {plural(self.total, 'question')} done."
        count = len(self.others) + (self.current is not None)
        if not count:
            return f"{done} Nothing is left open."
        return f"{done} {_OPEN.get(count, f'{count} are')} still open."


def under_way(attempt: Attempt, now: datetime, last: AnswerLine | None = None) -> UnderWay:
    """Return an attempt that is not done; its question, version, topic and draft are loaded."""
    question = attempt.question
    return UnderWay(
        subject=subject_of(question, question.current),
        kind=question.kind,
        attempt_href=f"/attempts/{attempt.id}",
        draft=draft_words(attempt, now),
        touched=ago(attempt.touched_at, now),
        touched_iso=attempt.touched_at.isoformat(),
        last=last,
    )


def draft_words(attempt: Attempt, now: datetime) -> str:
    """Return how much is in the draft and since when, or nothing where there is none."""
    draft = attempt.draft
    text = "\n".join(draft.files.values()).strip() if draft else ""
    if draft is None or not text:
        return ""
    if attempt.question.kind == "explain":
        amount = plural(count_words(text), "word")
    else:
        amount = plural(text.count("\n") + 1, "line")
    return f"Draft of {amount}, saved {ago(draft.saved_at, now)}"


def home_page(
    *,
    now: datetime,
    open_ones: Sequence[UnderWay],
    proposals: Sequence[Proposal],
    sections: Sequence[SectionPart],
    answers: Sequence[AnswerLine],
) -> HomePage:
    """Return the first page. The date is the one on this server's wall."""
    here = now.astimezone()
    return HomePage(
        date=f"{here.day} {here:%B}",
        day=f"{here:%A}",
        current=open_ones[0] if open_ones else None,
        others=tuple(open_ones[1:]),
        proposals=tuple(proposals),
        sections=tuple(sections),
        answers=tuple(answers),
    )
