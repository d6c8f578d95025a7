"""How two values differ: the place of each difference, and what is there on either side.

Values come from hostile code, so everything here is bounded: each part is cut, only so many
differences are said, and long texts are compared around the lines that differ. Lists are laid side
by side from the front, and one that is longer than the other from the back as well, so that an item
too much or too few is one difference.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom_runner.harness.compare import WIDTH, same, typed

MAX_SAID = 40
"""How many differences are said."""
MAX_PART = 160
_ROOM = 40_000
"""How many pairs of lines are compared, in all the texts of two values."""
_AROUND = 3
_BEFORE = 20
NOTHING = object()
"""Stands for what one side lacks."""
Path = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """One place at which two values differ. The side that lacks it is NOTHING."""

    path: Path
    """Keys and indices, from the outermost value inwards."""
    seen: Any
    expected: Any


def differences(seen: Any, expected: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield each place at which two values differ, as deep as both are containers of one type."""
    kind = type(expected)
    if type(seen) is not kind or kind not in _PAIRS:
        if not same(seen, expected):
            yield Difference(path, seen, expected)
        return
    for key, left, right in _PAIRS[kind](seen, expected):
        if left is NOTHING or right is NOTHING:
            yield Difference((*path, key), left, right)
        else:
            yield from differences(left, right, (*path, key))


def _of_dicts(seen: dict[Any, Any], expected: dict[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the keys of either, told apart by their types as well: 1 is not True."""
    there = {typed(key): value for key, value in seen.items()}
    for key, right in expected.items():
        yield key, there.pop(typed(key), NOTHING), right
    for key, left in seen.items():
        if typed(key) in there:
            yield key, left, NOTHING


def _of_lists(seen: Sequence[Any], expected: Sequence[Any]) -> Iterator[tuple[int, Any, Any]]:
    """Yield index and items. Of what stands on one side only, it is the index there."""
    front, back = _alike(seen, expected) if len(seen) != len(expected) else (0, 0)
    left, right = seen[front : len(seen) - back], expected[front : len(expected) - back]
    both = min(len(left), len(right))
    for place in range(max(len(left), len(right))):
        if place < both:
            yield front + place, left[place], right[place]
        elif place < len(left):
            yield front + place, left[place], NOTHING
        else:
            yield front + place, NOTHING, right[place]


def _alike(seen: Sequence[Any], expected: Sequence[Any]) -> tuple[int, int]:
    """Return how many items are the same at the front, and how many of the rest at the back."""
    most = min(len(seen), len(expected))
    front = next((at for at in range(most) if not same(seen[at], expected[at])), most)
    left = most - front
    back = next((at for at in range(left) if not same(seen[-1 - at], expected[-1 - at])), left)
    return front, back


_PAIRS: dict[type, Any] = {dict: _of_dicts, list: _of_lists, tuple: _of_lists}
_TOLD_APART = (str, set, frozenset, *_PAIRS)


def place(path: Path) -> str:
    """Return a path as one writes it: `items[2].price`."""
    text = "".join(
        f".{_cut(key)}" if type(key) is str and key.isidentifier() else f"[{_cut(repr(key))}]"
        for key in path
    )
    return text.removeprefix(".")


def difference(seen: Any, expected: Any) -> str | None:
    """Return how two values differ, or None where showing both says as much. A few lines say each
    difference: behind @ its place, behind - what was expected there, behind + what was seen.
    """
    if type(seen) is not type(expected) or type(seen) not in _TOLD_APART:
        return None
    if max(len(repr(seen)), len(repr(expected))) <= WIDTH and not _is_long(seen, expected):
        return None
    return "\n".join(_Teller().lines(seen, expected)) or None


def _is_long(seen: Any, expected: Any) -> bool:
    return type(seen) is str and "\n" in seen + expected


class _Teller:
    """Says differences, as long as there is room."""

    def __init__(self) -> None:
        self._room = _ROOM

    def lines(self, seen: Any, expected: Any) -> Iterator[str]:
        for number, one in enumerate(differences(seen, expected)):
            if number == MAX_SAID:
                yield "@ and more"
                return
            yield from self._of(one)

    def _of(self, one: Difference) -> Iterator[str]:
        where = place(one.path)
        if where:
            yield f"@ {where}{_lacking(one)}"
        if type(one.seen) is type(one.expected) is str and _is_long(one.seen, one.expected):
            yield from self._of_texts(one.seen, one.expected)
        elif type(one.seen) is type(one.expected) in (set, frozenset):
            yield from _members(one.seen, one.expected)
        else:
            yield from _sides(one)

    def _of_texts(self, seen: str, expected: str) -> Iterator[str]:
        """Yield lines of two texts, a few of those around each difference."""
        old, new = expected.split("\n"), seen.split("\n")
        front, back = _alike(new, old)
        before, after = old[max(0, front - _AROUND) : front], old[len(old) - back :][:_AROUND]
        old, new = old[front : len(old) - back], new[front : len(new) - back]
        if front > _AROUND:
            yield f"@ line {front + 1 - len(before)}"
        yield from _same(before)
        self._room -= len(old) * len(new)
        if self._room < 0:
            yield from _pair(old[:1], new[:1])
            yield "@ and more"
            return
        yield from _middle(old, new)
        yield from _same(after)


def _lacking(one: Difference) -> str:
    if one.seen is NOTHING:
        return " is missing"
    return " is too much" if one.expected is NOTHING else ""


def _members(seen: Any, expected: Any) -> list[str]:
    """Return the members that one of two sets has alone."""
    left, right = ({typed(member): member for member in side} for side in (seen, expected))
    missing = sorted(_cut(repr(right[key])) for key in right.keys() - left.keys())
    surplus = sorted(_cut(repr(left[key])) for key in left.keys() - right.keys())
    lines = [*(f"- {each}" for each in missing), *(f"+ {each}" for each in surplus)]
    return lines if len(lines) <= MAX_SAID else [*lines[:MAX_SAID], "@ and more"]


def _sides(one: Difference) -> list[str]:
    """Return both sides cut around their first difference; types where only these differ."""
    seen, expected = repr(one.seen), repr(one.expected)
    if one.seen is NOTHING:
        return [f"- {_cut(expected)}"]
    if one.expected is NOTHING:
        return [f"+ {_cut(seen)}"]
    if seen == expected:
        seen, expected = (
            f"{seen} ({type(one.seen).__name__})",
            f"{expected} ({type(one.expected).__name__})",
        )
    start = _start(seen, expected)
    return [f"- {_cut(expected, start)}", f"+ {_cut(seen, start)}"]


def _middle(old: Sequence[str], new: Sequence[str]) -> list[str]:
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        lines += _same(old[a:b]) if what == "equal" else _pair(old[a:b], new[c:d])
    return lines


def _same(lines: Sequence[str]) -> list[str]:
    return [f"  {_cut(line)}" for line in lines]


def _pair(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return lines that replace one another, those of equal place cut alike."""
    starts = [_start(left, right) for left, right in zip(old, new, strict=False)]
    starts += [0] * abs(len(old) - len(new))
    return [
        *(f"- {_cut(line, start)}" for line, start in zip(old, starts, strict=False)),
        *(f"+ {_cut(line, start)}" for line, start in zip(new, starts, strict=False)),
    ]


def _start(one: str, other: str) -> int:
    """Return from where on to show two texts, so that their first difference is seen."""
    if max(len(one), len(other)) <= MAX_PART:
        return 0
    most = min(len(one), len(other))
    first = next((at for at in range(most) if one[at] != other[at]), most)
    return first - _BEFORE if first >= MAX_PART - _BEFORE else 0


def _cut(text: str, start: int = 0) -> str:
    shown = text[start : start + MAX_PART]
    return f"{'...' * bool(start)}{shown}{'...' * (start + MAX_PART < len(text))}"
