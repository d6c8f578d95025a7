"""Which questions a filter of the catalogue leaves, and how many each choice would leave. Pure.

Choices of one group widen (mid or senior), groups narrow one another (mid and explain).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from greenroom.bank.views import QuestionLine
from greenroom.practice.progress import Status

STATUSES: tuple[Status, ...] = ("new", "begun", "solved", "answered")


@dataclass(frozen=True)
class Wanted:
    """A filter as the address holds it; what is empty does not narrow.

    `ready` leaves what can be judged, or compared with a rubric; `show` is "list" for rows without
    a filter.
    """

    q: str = ""
    section: str = ""
    topic: str = ""
    kind: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    tag: str = ""
    ready: str = ""
    show: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered out."""
        return replace(self, show="") != Wanted()

    @property
    def href(self) -> str:
        """The catalogue's address with this filter, without the parts that say nothing."""
        given = [(part.name, getattr(self, part.name)) for part in fields(self)]
        query = urlencode([(name, value) for name, value in given if value], doseq=True)
        return f"/questions?{query}" if query else "/questions"


@dataclass(frozen=True)
class Entry:
    """A question with its topic and how far the person is."""

    line: QuestionLine
    topic: str
    section: str
    status: Status


@dataclass(frozen=True)
class Counts:
    """How many questions each choice of a group would leave beside the other groups."""

    kind: Mapping[str, int]
    level: Mapping[str, int]
    status: Mapping[str, int]
    ready: int


def narrowed(entries: Sequence[Entry], wanted: Wanted) -> tuple[Entry, ...]:
    """Return what the filter leaves; text is no matter here, the database has looked for it."""
    return tuple(entry for entry in entries if _fits(entry, wanted))


def counts(entries: Sequence[Entry], wanted: Wanted) -> Counts:
    """Return how many questions each choice would leave."""
    kinds = narrowed(entries, replace(wanted, kind=()))
    levels = narrowed(entries, replace(wanted, level=()))
    states = narrowed(entries, replace(wanted, status=()))
    ready = narrowed(entries, replace(wanted, ready="1"))
    return Counts(
        kind=_tally(entry.line.kind for entry in kinds),
        level=_tally(entry.line.difficulty for entry in levels),
        status=_tally(entry.status for entry in states),
        ready=len(ready),
    )


def tags(entries: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    """Return all tags with their number of questions, in the order of the alphabet."""
    tally = _tally(tag for entry in entries for tag in entry.line.tags)
    return tuple(sorted(tally.items()))


def _fits(entry: Entry, wanted: Wanted) -> bool:
    line = entry.line
    return (
        wanted.section in ("", entry.section)
        and wanted.topic in ("", entry.topic)
        and (not wanted.ready or line.is_complete)
        and (not wanted.tag or wanted.tag in line.tags)
        and _among(line.kind, wanted.kind)
        and _among(line.difficulty, wanted.level)
        and _among(entry.status, wanted.status)
    )


def _among(value: str, chosen: tuple[str, ...]) -> bool:
    return not chosen or value in chosen


def _tally(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values))
