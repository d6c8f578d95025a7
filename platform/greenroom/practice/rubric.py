"""What an answer seems to say: wordings from a rubric looked for in plain text, with the evidence.

A suggestion and nothing more: the person decides. Matching knows words only: punctuation, Markdown
marks and case do not count, and each word of a wording has to be the start of a word of the answer,
so "revok famil" finds "Revokes families". Words of one or two letters have to be whole, else "a"
and "id" would be everywhere. A wording never reaches across the end of a sentence or a paragraph.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?;:]\s|\n\s*\n")
_WHOLE = 2
ALWAYS = "always"


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text, `start` included and `end` not."""

    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """Where an answer seems to say what a rubric listens for.

    `points` maps a key point's id to its evidence, none where it was not seen; `signs` holds the
    evidence of each misconception, in the rubric's order.
    """

    points: Mapping[str, tuple[Span, ...]]
    signs: tuple[tuple[Span, ...], ...]

    @property
    def covered(self) -> frozenset[str]:
        """Ids of the key points that seem covered."""
        return frozenset(point for point, spans in self.points.items() if spans)


@dataclass(frozen=True)
class _Word:
    span: Span
    text: str
    opens: bool
    """Whether a sentence ends before this word."""


def read(text: str, rubric: Mapping[str, Any]) -> Reading:
    """Compare `text` with a rubric as it is stored."""
    words = _words(text)
    return Reading(
        points={
            point["id"]: _evidence(words, point["said"]) for point in rubric.get("key_points", ())
        },
        signs=tuple(
            _evidence(words, wrong.get("signs", ())) for wrong in rubric.get("misconceptions", ())
        ),
    )


def find(text: str, wordings: Iterable[str]) -> tuple[Span, ...]:
    """Return where `text` first says each of the wordings; stretches that touch become one."""
    return _evidence(_words(text), wordings)


def applies(when: str, said: frozenset[str]) -> bool:
    """Whether a follow-up is asked of someone who said these key points."""
    kind, _, point = when.partition(":")
    if kind == "said":
        return point in said
    if kind == "missed":
        return point not in said
    return True


def _words(text: str) -> tuple[_Word, ...]:
    words: list[_Word] = []
    end = 0
    for found in _WORD.finditer(text):
        opens = _SENTENCE_END.search(text, end, found.start()) is not None
        words.append(_Word(Span(*found.span()), found.group().casefold(), opens))
        end = found.end()
    return tuple(words)


def _evidence(words: Sequence[_Word], wordings: Iterable[str]) -> tuple[Span, ...]:
    found = (_first(words, [word.text for word in _words(wording)]) for wording in wordings)
    return _joined(sorted(span for span in found if span))


def _first(words: Sequence[_Word], wanted: Sequence[str]) -> Span | None:
    if not wanted:
        return None
    for first in range(len(words) - len(wanted) + 1):
        run = words[first : first + len(wanted)]
        if _begins(run[0], wanted[0]) and _says(run, wanted):
            return Span(run[0].span.start, run[-1].span.end)
    return None


def _says(run: Sequence[_Word], wanted: Sequence[str]) -> bool:
    return all(map(_begins, run, wanted)) and not any(word.opens for word in run[1:])


def _begins(word: _Word, wanted: str) -> bool:
    return word.text == wanted if len(wanted) <= _WHOLE else word.text.startswith(wanted)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in spans:
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
