"""Comparing what was seen with what was expected, and saying how they differ.

Values come from hostile code, so everything here is bounded: what is shown is cut, and a line by
line difference is made of short values only. Larger ones are told apart by the first place where
they differ.
"""

import datetime as dt
import decimal
import difflib
import pprint
import uuid
from typing import Any

MAX_SHOWN = 2000
_MAX_DIFFED = 16 * 1024
_MAX_LINES = 200
_WIDTH = 72
_PLAIN: frozenset[type] = frozenset(
    (
        *(type(None), bool, int, float, str, bytes, list, tuple, dict, set, frozenset),
        *(dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID),
    )
)
_NOWHERE = object()


def same(seen: Any, expected: Any) -> bool:
    """Say whether two values are equal and plain values have the same types all the way down."""
    return bool(seen == expected) and _same_types(seen, expected)


def _same_types(seen: Any, expected: Any) -> bool:
    kind = type(expected)
    if kind not in _PLAIN or type(seen) not in _PLAIN:
        return True
    if type(seen) is not kind:
        return False
    if kind in (list, tuple):
        return all(map(_same_types, seen, expected))
    if kind is dict:
        return _typed(seen) == _typed(expected) and all(
            _same_types(seen[key], expected[key]) for key in expected
        )
    return kind not in (set, frozenset) or _typed(seen) == _typed(expected)


def _typed(values: Any) -> frozenset[Any]:
    """Return members of a set, or keys, each with its types beside it."""
    return frozenset(map(_with_types, values))


def _with_types(value: Any) -> Any:
    if type(value) is tuple:
        return tuple, tuple(map(_with_types, value))
    if type(value) is frozenset:
        return frozenset, _typed(value)
    return type(value), value


def show(value: Any) -> str:
    """Return `value` as people read it, cut."""
    text = repr(value)
    if _WIDTH < len(text) <= _MAX_DIFFED:
        text = pprint.pformat(value, width=_WIDTH)
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]}\n... ({len(text):,} characters)"


def difference(seen: Any, expected: Any) -> str | None:
    """Return how two values differ, line by line, or None where showing both says as much."""
    if type(seen) is str and type(expected) is str:
        before, after = expected, seen
    elif isinstance(expected, list | tuple | dict | set | frozenset):
        before, after = repr(expected), repr(seen)
    else:
        return None
    if len(before) > _MAX_DIFFED or len(after) > _MAX_DIFFED:
        return first_difference(seen, expected)
    if type(seen) is not str:
        before, after = (pprint.pformat(value, width=_WIDTH) for value in (expected, seen))
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MAX_LINES:
        return first_difference(seen, expected)
    if len(old) == len(new) == 1:
        return None
    return "\n".join(line.rstrip("\n") for line in difflib.ndiff(old, new) if line[0] != "?")


def first_difference(seen: Any, expected: Any) -> str:
    """Return where two values first differ, and what is there."""
    path = ""
    while (step := _step(seen, expected)) is not None:
        key, seen, expected = step
        path += f"[{key!r}]"
    place = f"at {path}: " if path else ""
    return f"{place}seen {_short(seen)}, expected {_short(expected)}"


def _step(seen: Any, expected: Any) -> tuple[Any, Any, Any] | None:
    """Return the key of the first difference inside two containers, and what each has there."""
    if type(seen) is not type(expected):
        return None
    if isinstance(seen, list | tuple):
        for index in range(max(len(seen), len(expected))):
            left, right = _item(seen, index), _item(expected, index)
            if not same(left, right):
                return index, left, right
    if isinstance(seen, dict):
        for key in [*expected, *seen]:
            left, right = seen.get(key, _NOWHERE), expected.get(key, _NOWHERE)
            if not same(left, right):
                return key, left, right
    return None


def _item(side: Any, index: int) -> Any:
    return side[index] if index < len(side) else _NOWHERE


def _short(value: Any) -> str:
    if value is _NOWHERE:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _WIDTH * 2 else f"{text[: _WIDTH * 2]}..."
