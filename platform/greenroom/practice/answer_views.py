"""An answer that was given, as a line of a list: code with its verdict, words with their rating."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from greenroom.bank.models import QuestionVersion
from greenroom.bank.views import title_html
from greenroom.judging.models import Judgement, Submission
from greenroom.practice.explain_views import count_words, rating_word
from greenroom.practice.live_results import VERDICTS
from greenroom.practice.models import Explanation
from greenroom.practice.moments import ago
from greenroom.practice.views import Tone
from greenroom.web.text import plural


@dataclass(frozen=True)
class AnswerLine:
    """One answer. `ticks` are its checks for the tick strip; `detail` says it without the strip."""

    href: str
    question: str
    key: str
    kind: str
    title_html: Markup
    word: str
    tone: Tone
    icon: str
    detail: str
    ticks: tuple[str, ...]
    when: str
    when_iso: str


def answer_lines(
    submissions: Iterable[Submission], explanations: Iterable[Explanation], now: datetime
) -> tuple[AnswerLine, ...]:
    """Return answers of both kinds as lines, newest first."""
    dated = [
        *((each.created_at, _submission(each, now)) for each in submissions),
        *((each.created_at, _explanation(each, now)) for each in explanations),
    ]
    return tuple(line for _, line in sorted(dated, key=lambda pair: pair[0], reverse=True))


def latest_of_each(lines: Iterable[AnswerLine]) -> tuple[AnswerLine, ...]:
    """Return the first line of each question; the newest stand first."""
    seen: dict[str, AnswerLine] = {}
    for line in lines:
        seen.setdefault(line.question, line)
    return tuple(seen.values())


def _submission(submission: Submission, now: datetime) -> AnswerLine:
    judgement = submission.told if submission.judgements else None
    word, tone, icon = _result(judgement)
    states = [check.status for check in judgement.checks] if judgement else []
    detail = ""
    if states:
        detail = f"{states.count('passed')} of {plural(len(states), 'check')} passed"
    return _line(
        submission.version,
        href=f"/submissions/{submission.id}",
        result=(word, tone, icon),
        detail=detail,
        ticks=tuple(map(_tick, states)),
        when=(submission.created_at, now),
    )


def _explanation(explanation: Explanation, now: datetime) -> AnswerLine:
    rating = rating_word(explanation.rating)
    return _line(
        explanation.version,
        href=f"/explanations/{explanation.id}",
        result=(f"Rated {rating.lower()}", "neutral", "text")
        if rating
        else ("Not rated yet", "neutral", "circle-dashed"),
        detail=plural(count_words(explanation.body), "word"),
        ticks=(),
        when=(explanation.created_at, now),
    )


def _line(
    version: QuestionVersion,
    *,
    href: str,
    result: tuple[str, Tone, str],
    detail: str,
    ticks: Sequence[str],
    when: tuple[datetime, datetime],
) -> AnswerLine:
    word, tone, icon = result
    moment, now = when
    return AnswerLine(
        href=href,
        question=version.question.slug,
        key=version.question.key or "",
        kind=version.question.kind,
        title_html=title_html(version.title),
        word=word,
        tone=tone,
        icon=icon,
        detail=detail,
        ticks=tuple(ticks),
        when=ago(moment, now),
        when_iso=moment.isoformat(),
    )


def _result(judgement: Judgement | None) -> tuple[str, Tone, str]:
    if judgement is not None and judgement.status == "cancelled":
        return VERDICTS["cancelled"]
    for kind, shown in VERDICTS.items():
        if judgement is not None and kind == judgement.verdict:
            return shown
    return ("Being judged", "waiting", "clock")


def _tick(status: str) -> str:
    if status in {"passed", "running"}:
        return status
    return "waiting" if status in {"waiting", "not_run"} else "failed"
