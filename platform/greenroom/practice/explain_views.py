"""What the explain question and an explanation's page show, as plain values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from greenroom.bank.models import Question, QuestionVersion
from greenroom.bank.views import LEVELS, plain_title, title_html
from greenroom.practice import marking, rubric
from greenroom.practice.explanations import MAX_CHARACTERS, Mark, Rating, points_of
from greenroom.practice.marking import text_of
from greenroom.practice.models import Attempt, Explanation
from greenroom.practice.moments import ago
from greenroom.practice.rubric import Reading, Span
from greenroom.practice.views import DraftView, LinkView
from greenroom.web.text import plural

RATING_WORDS: Mapping[Rating, tuple[str, str]] = {
    "again": ("Again", "I could not say it"),
    "hard": ("Hard", "with gaps"),
    "good": ("Good", "most of it"),
    "easy": ("Easy", "all at once"),
}
_FIRST_PARAGRAPH = re.compile(r"\s*<p>(.*?)</p>\s*", re.DOTALL)
_ONE_PARAGRAPH = re.compile(r"\s*<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


@dataclass(frozen=True)
class Subject:
    """The question that a page is about."""

    slug: str
    key: str
    title: str
    level: str
    minutes: int
    topic: LinkView

    @property
    def href(self) -> str:
        """The question's address."""
        return f"/questions/{self.slug}"

    @property
    def title_html(self) -> Markup:
        """The title with its code set as code."""
        return title_html(self.title)

    @property
    def name(self) -> str:
        """Key and title as text, for the window's title."""
        return f"{self.key} {plain_title(self.title)}".strip()


@dataclass(frozen=True)
class Earlier:
    """An explanation given before."""

    href: str
    when: str
    when_iso: str
    words: int
    rating: str
    current: bool = False


@dataclass(frozen=True)
class ExplainPage:
    """The question and the sheet to write on.

    `model_answer` is there only for someone who chose to read it before answering; `problem` says
    why what was sent was not taken.
    """

    subject: Subject
    statement: Markup
    body: str
    attempt_id: str
    draft: DraftView
    has_rubric: bool
    earlier: tuple[Earlier, ...] = ()
    model_answer: Markup | None = None
    problem: str = ""
    preview: Markup | None = None
    previous: LinkView | None = None
    following: LinkView | None = None
    in_code: tuple[LinkView, ...] = ()
    """Code questions that ask for the same in code."""
    max_characters: int = MAX_CHARACTERS

    @property
    def words(self) -> int:
        """How many words are on the sheet."""
        return count_words(self.body)


@dataclass(frozen=True)
class Preview:
    """How an answer in Markdown will look."""

    html: Markup


@dataclass(frozen=True)
class Point:
    """A key point: what the words suggest, and what the person says."""

    id: str
    number: int
    claim: Markup
    why: Markup
    weight: int
    evidence: tuple[str, ...]
    mark: Mark | None

    @property
    def looks_said(self) -> bool:
        """Whether some wording of it was found."""
        return bool(self.evidence)

    @property
    def state(self) -> str:
        """How it is drawn: said or missed by the person, else what it looks like."""
        return self.mark or ("looks-said" if self.looks_said else "not-found")


@dataclass(frozen=True)
class Slip:
    """A mistake that people make; `seen` holds the words of this answer that sound like it."""

    wrong: Markup
    correction: Markup
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUp:
    """What an interviewer would ask next, and what a good reply holds."""

    number: int
    prompt: Markup
    good: Markup


@dataclass(frozen=True)
class Choice:
    """One step of the self-rating."""

    value: Rating
    word: str
    meaning: str
    chosen: bool


@dataclass(frozen=True)
class ExplanationPage:
    """An answer in words beside the rubric. Without a rubric there is only the answer to rate."""

    id: str
    subject: Subject
    answer: Markup
    words: int
    when: str
    when_iso: str
    has_rubric: bool
    points: tuple[Point, ...]
    slips: tuple[Slip, ...]
    follow_ups: tuple[FollowUp, ...]
    model_answer: Markup | None
    sources: tuple[str, ...]
    ratings: tuple[Choice, ...]
    earlier: tuple[Earlier, ...]
    following: LinkView | None = None
    in_code: tuple[LinkView, ...] = ()
    """Code questions that ask for the same in code."""
    trouble: str = ""

    @property
    def href(self) -> str:
        """The page's own address."""
        return f"/explanations/{self.id}"

    @property
    def seen_slips(self) -> tuple[Slip, ...]:
        """The mistakes that this answer sounds like."""
        return tuple(slip for slip in self.slips if slip.seen)

    @property
    def other_slips(self) -> tuple[Slip, ...]:
        """The mistakes that it does not sound like."""
        return tuple(slip for slip in self.slips if not slip.seen)

    @property
    def undecided(self) -> int:
        """How many key points the person has not judged."""
        return sum(point.mark is None for point in self.points)

    @property
    def said(self) -> int:
        """How many key points the person says they said."""
        return sum(point.mark == "said" for point in self.points)

    @property
    def summary(self) -> str:
        """How much of the rubric is said, and who says so."""
        total = len(self.points)
        looks = sum(point.looks_said for point in self.points)
        if self.undecided == total:
            return (
                f"{looks} of {plural(total, 'key point')} look said. "
                "That comes from matching words, so you decide."
            )
        if self.undecided:
            left = plural(self.undecided, "key point")
            return f"You said {self.said} so far. {left} left to decide."
        return f"You said {self.said} of {plural(total, 'key point')}."

    @property
    def strip(self) -> tuple[tuple[str, int], ...]:
        """The key points as they are drawn: state and weight."""
        return tuple((point.state, point.weight) for point in self.points)


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))


def subject_of(question: Question, version: QuestionVersion) -> Subject:
    """Return what a page says about its question. `topic` has to be loaded."""
    topic = question.topic
    return Subject(
        slug=question.slug,
        key=question.key or "",
        title=version.title,
        level=LEVELS[version.difficulty],
        minutes=version.minutes,
        topic=LinkView(f"/topics/{topic.slug}", topic.title),
    )


def statement_of(version: QuestionVersion) -> Markup:
    """Return the statement without a first paragraph that only repeats the title."""
    html = version.statement_html
    first = _FIRST_PARAGRAPH.match(html)
    if first and text_of(first[1]).strip() == plain_title(version.title).strip():
        html = html[first.end() :]
    return _safe(html)


def earlier_of(
    explanations: Sequence[Explanation], now: datetime, current: Explanation | None = None
) -> tuple[Earlier, ...]:
    """Return explanations as rows of a list."""
    return tuple(
        Earlier(
            href=f"/explanations/{each.id}",
            when=ago(each.created_at, now),
            when_iso=each.created_at.isoformat(),
            words=count_words(each.body),
            rating=rating_word(each.rating),
            current=each is current,
        )
        for each in explanations
    )


def rating_word(rating: str | None) -> str:
    """Return a rating in a word, or nothing."""
    return next((word for value, (word, _) in RATING_WORDS.items() if value == rating), "")


def draft_of(attempt: Attempt) -> DraftView:
    """Return where the draft of an attempt is kept. `draft` has to be loaded."""
    draft = attempt.draft
    url = f"/attempts/{attempt.id}/draft"
    return DraftView(url, draft.version, draft.saved_at.isoformat()) if draft else DraftView(url)


def explanation_page(
    explanation: Explanation,
    reading: Reading,
    earlier: Sequence[Explanation],
    now: datetime,
    following: LinkView | None = None,
    in_code: tuple[LinkView, ...] = (),
) -> ExplanationPage:
    """Return an explanation's page; its version, question and topic are loaded."""
    version = explanation.version
    stored = version.rubric or {}
    text = text_of(explanation.body_html)
    points = _points(stored, explanation.marks, reading, text)
    return ExplanationPage(
        id=str(explanation.id),
        subject=subject_of(version.question, version),
        answer=marking.mark(explanation.body_html, _marks(stored, reading)),
        words=count_words(explanation.body),
        when=ago(explanation.created_at, now),
        when_iso=explanation.created_at.isoformat(),
        has_rubric=bool(stored),
        points=points,
        slips=_slips(stored, reading, text),
        follow_ups=_follow_ups(stored, points),
        model_answer=model_answer_of(version),
        sources=tuple(stored.get("sources", ())),
        ratings=tuple(
            Choice(value, word, meaning, explanation.rating == value)
            for value, (word, meaning) in RATING_WORDS.items()
        ),
        earlier=earlier_of(earlier, now, explanation) if len(earlier) > 1 else (),
        following=following,
        in_code=in_code,
    )


def model_answer_of(version: QuestionVersion) -> Markup | None:
    """Return the model answer, None where the question has no rubric."""
    return _safe(version.rubric["model_answer_html"]) if version.rubric else None


def _points(
    stored: Mapping[str, Any], marks: Mapping[str, str], reading: Reading, text: str
) -> tuple[Point, ...]:
    return tuple(
        Point(
            id=point["id"],
            number=number,
            claim=_inline(point["claim_html"]),
            why=_safe(point["why_html"]),
            weight=point["weight"],
            evidence=_quotes(text, reading.points[point["id"]]),
            mark=_decided(marks, point["id"]),
        )
        for number, point in enumerate(stored.get("key_points", ()), start=1)
    )


def _decided(marks: Mapping[str, str], point: str) -> Mark | None:
    match marks.get(point):
        case "said":
            return "said"
        case "missed":
            return "missed"
        case _:
            return None


def _slips(stored: Mapping[str, Any], reading: Reading, text: str) -> tuple[Slip, ...]:
    return tuple(
        Slip(_inline(slip["wrong_html"]), _safe(slip["correction_html"]), _quotes(text, spans))
        for slip, spans in zip(stored.get("misconceptions", ()), reading.signs, strict=True)
    )


def _follow_ups(stored: Mapping[str, Any], points: Sequence[Point]) -> tuple[FollowUp, ...]:
    said = frozenset(point.id for point in points if point.state in {"said", "looks-said"})
    return tuple(
        FollowUp(number, _inline(each["prompt_html"]), _safe(each["good_html"]))
        for number, each in enumerate(stored.get("follow_ups", ()), start=1)
        if rubric.applies(each["when"], said)
    )


def _marks(stored: Mapping[str, Any], reading: Reading) -> tuple[marking.Mark, ...]:
    points = (
        marking.Mark(span, str(number))
        for number, point in enumerate(points_of(stored), start=1)
        for span in reading.points[point]
    )
    doubts = (marking.Mark(span, "!", wrong=True) for spans in reading.signs for span in spans)
    return (*points, *doubts)


def _quotes(text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(" ".join(text[span.start : span.end].split()) for span in spans)


def _inline(html: str) -> Markup:
    """Return what a single paragraph holds, for places that take no blocks."""
    only = _ONE_PARAGRAPH.fullmatch(html)
    return _safe(only[1] if only else html)


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 rendered and sanitized when it was stored
