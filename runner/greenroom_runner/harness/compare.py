"""Comparing what was seen with what was expected, and showing either. How the two differ is said
in differences.py.

Values come from hostile code: what is shown of them is cut.
"""

import datetime as dt
import decimal
import pprint
import uuid
from typing import Any

MAX_SHOWN = 2000
_MAX_FORMATTED = 16 * 1024
WIDTH = 72
_PLAIN: frozenset[type] = frozenset(
    (
        *(type(None), bool, int, float, str, bytes, list, tuple, dict, set, frozenset),
        *(dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, uuid.UUID),
    )
)


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
        return _typed_all(seen) == _typed_all(expected) and all(
            _same_types(seen[key], expected[key]) for key in expected
        )
    return kind not in (set, frozenset) or _typed_all(seen) == _typed_all(expected)


def _typed_all(values: Any) -> frozenset[Any]:
    return frozenset(map(typed, values))


def typed(value: Any) -> Any:
    """Return what can be hashed with the types of all that it holds beside it: 1 is not True."""
    if type(value) is tuple:
        return tuple, tuple(map(typed, value))
    if type(value) is frozenset:
        return frozenset, _typed_all(value)
    return type(value), value


def show(value: Any) -> str:
    """Return `value` as people read it, cut."""
    text = repr(value)
    if WIDTH < len(text) <= _MAX_FORMATTED:
        text = pprint.pformat(value, width=WIDTH)
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]}\n... ({len(text):,} characters)"
