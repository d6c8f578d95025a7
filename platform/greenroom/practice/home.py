"""What to try next, and why. Pure.

First what the person themselves found hard, then the next question of the topics they are in, then
questions they have not met, the easiest first and both kinds in turn. Only questions that can be
judged or compared are proposed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from uuid import UUID

from greenroom.bank.views import LEVELS, QuestionLine
from greenroom.practice.catalogue import Entry
from greenroom.practice.progress import DONE

_SHAKY = {
    "again": "You rated your last answer “again”",
    "hard": "You rated your last answer “hard”",
}
_EASIEST_FIRST = tuple(LEVELS)


@dataclass(frozen=True)
class Proposal:
    """A question, and the reason for it."""

    line: QuestionLine
    reason: str


def proposals(
    entries: Sequence[Entry], ratings: Mapping[UUID, str | None], limit: int = 3
) -> tuple[Proposal, ...]:
    """Return what to try next. `ratings` holds the latest rating by question, the oldest first."""
    found = chain(_shaky(entries, ratings), _next_in_topic(entries), _fresh(entries))
    distinct: dict[UUID, Proposal] = {}
    for proposal in found:
        distinct.setdefault(proposal.line.id, proposal)
    return tuple(islice(distinct.values(), limit))


def _shaky(entries: Sequence[Entry], ratings: Mapping[UUID, str | None]) -> Iterable[Proposal]:
    lines = {entry.line.id: entry.line for entry in entries}
    for question, rating in ratings.items():
        if question in lines and rating in _SHAKY:
            yield Proposal(lines[question], _SHAKY[rating])


def _next_in_topic(entries: Sequence[Entry]) -> Iterable[Proposal]:
    done = {entry.topic: entry.line for entry in entries if entry.status in DONE}
    for entry in _new(entries):
        if entry.topic in done:
            yield Proposal(entry.line, f"Follows {done[entry.topic].name}, which you have done")


def _fresh(entries: Sequence[Entry]) -> Iterable[Proposal]:
    ordered = sorted(_new(entries), key=_difficulty)
    code = [entry for entry in ordered if entry.line.kind == "code"]
    explain = [entry for entry in ordered if entry.line.kind == "explain"]
    never_begun = all(entry.status == "new" for entry in entries)
    for number, entry in enumerate(
        entry for pair in zip_longest(code, explain) for entry in pair if entry
    ):
        yield Proposal(entry.line, _first_words(entry, number) if never_begun else "Not met yet")


def _first_words(entry: Entry, number: int) -> str:
    if number > 1:
        return "Or begin here"
    return "A first one to write" if entry.line.kind == "code" else "A first one to explain"


def _new(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.status == "new" and entry.line.is_complete]


def _difficulty(entry: Entry) -> tuple[int, int]:
    return _EASIEST_FIRST.index(entry.line.difficulty), entry.line.minutes
