"""Plain values as strict JSON, with exact types: what may cross from one sandbox to the other, and
nothing else.

`encode` runs beside the answer, `decode` in the judge. An exact type matters: a subclass of `int`
with its own `__eq__` would equal whatever a check expects. Known library types that only decorate a
plain one are reduced to it.
"""

import base64
import datetime as dt
import decimal
import math
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from greenroom_runner.harness.frames import MAX_DIGITS

MAX_LEVELS = 28
"""Levels of JSON, not of Python: a tagged list takes two, a tagged dict three. A frame has room
for 32.
"""
MAX_VALUES = 100_000
MAX_TEXT = 2 * 1024 * 1024
MAX_ALIKE = 50
"""How many members of a set may share a hash. Numbers can be chosen so that all of them do, and the
judge would be busy with them for minutes.
"""

_TAG = "$"
_LIBRARY_TYPES: dict[str, Callable[[Any], Any]] = {
    "sqlalchemy.sql.elements.quoted_name": str.__str__,
    "sqlalchemy.sql._elements_constructors.quoted_name": str.__str__,
    "sqlalchemy.engine.row.Row": tuple,
    "sqlalchemy.engine.row.RowMapping": dict,
    "sqlalchemy.util._collections.immutabledict": dict,
    "sqlalchemy.util._immutabledict_cy.immutabledict": dict,
    "sqlalchemy.cyextension.immutabledict.immutabledict": dict,
    "sqlalchemy.cyextension.collections.OrderedSet": list,
    "collections.OrderedDict": dict,
    "collections.defaultdict": dict,
    "collections.Counter": dict,
    "collections.deque": list,
    "pydantic.networks.AnyUrl": str,
    "pydantic.networks.AnyHttpUrl": str,
    "pydantic.networks.HttpUrl": str,
    "pydantic_core._pydantic_core.Url": str,
    "starlette.datastructures.URL": str,
    "starlette.datastructures.Headers": dict,
}


class BadValue(ValueError):
    """A value that cannot cross. The text is for the author of a grader and for the candidate."""


class NotPlain(BadValue):
    """A value of a type that never crosses, whatever it holds."""


def encode(value: Any) -> Any:
    """Return `value` as plain JSON values. Raises BadValue."""
    return _Encoder().encode(value, 0)


class _Encoder:
    def __init__(self) -> None:
        self._left = MAX_VALUES
        self._room = MAX_TEXT

    def encode(self, value: Any, level: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise BadValue(f"it holds more than {MAX_VALUES:,} values")
        if level > MAX_LEVELS:
            raise BadValue("it is nested too deeply")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self._text(value)
        if kind is int:
            return _integer(value)
        if kind is list:
            return [self.encode(item, level + 1) for item in value]
        if kind is dict:
            return self._dict(value, level)
        return self._other(value, kind, level)

    def _text(self, value: str) -> str:
        self._room -= len(value)
        if self._room < 0:
            raise BadValue("it is too large")
        return value

    def _dict(self, value: dict[Any, Any], level: int) -> Any:
        if all(type(key) is str for key in value) and _TAG not in value:
            return {self._text(key): self.encode(item, level + 1) for key, item in value.items()}
        pairs = [
            [self.encode(key, level + 3), self.encode(item, level + 3)]
            for key, item in value.items()
        ]
        return {_TAG: "dict", "v": pairs}

    def _other(self, value: Any, kind: type, level: int) -> Any:
        if kind is float:
            return value if math.isfinite(value) else {_TAG: "float", "v": repr(value)}
        if kind is bytes:
            return {_TAG: "bytes", "v": self._text(base64.b64encode(value).decode("ascii"))}
        if kind in (tuple, set, frozenset):
            items = value if kind is tuple else sorted(value, key=repr)
            return {_TAG: kind.__name__, "v": [self.encode(item, level + 2) for item in items]}
        if kind in _WRITERS:
            return {_TAG: _NAMES[kind], "v": self._text(_WRITERS[kind](value))}
        reduce = _LIBRARY_TYPES.get(f"{kind.__module__}.{kind.__qualname__}")
        if reduce is None:
            raise NotPlain(f"a value of type {_name(kind)} is not plain")
        return self.encode(reduce(value), level)


def _name(kind: type) -> str:
    name = (
        kind.__qualname__
        if kind.__module__ in ("builtins", "answer")
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    return name[:200]


def _integer(value: int) -> int:
    if value.bit_length() > MAX_DIGITS * 3.3:
        raise BadValue(f"it holds an integer of more than {MAX_DIGITS} digits")
    return value


def _seconds(value: dt.timedelta) -> str:
    return f"{value.days},{value.seconds},{value.microseconds}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _seconds,
    decimal.Decimal: str,
    uuid.UUID: str,
}
_NAMES = {kind: kind.__name__.lower() for kind in _WRITERS}


def decode(value: Any) -> Any:
    """Return what `encode` was given. `value` is hostile: raises BadValue on anything `encode`
    does not write.
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _TAG not in value:
        return {key: decode(item) for key, item in value.items()}
    if set(value) != {_TAG, "v"} or not isinstance(value[_TAG], str):
        raise BadValue("a tagged value is malformed")
    return _untagged(value[_TAG], value["v"])


def _untagged(tag: str, value: Any) -> Any:
    reader = _READERS.get(tag)
    if reader is None:
        raise BadValue("a tagged value has an unknown tag")
    if tag not in _OF_LISTS and not isinstance(value, str):
        raise BadValue("a tagged value is malformed")
    try:
        return reader(value)
    except BadValue:
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError) as problem:
        raise BadValue(f"a tagged value is not a {tag}") from problem


def _read_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadValue("a tagged value is not a list")
    return [decode(item) for item in value]


def _read_members(value: Any) -> list[Any]:
    return _told_apart(_read_list(value))


def _told_apart(members: list[Any]) -> list[Any]:
    if members and max(Counter(map(hash, members)).values()) > MAX_ALIKE:
        raise BadValue("a set holds too many values that are hard to tell apart")
    return members


def _read_dict(value: Any) -> dict[Any, Any]:
    pairs = [_read_list(pair) for pair in _plain_list(value)]
    _told_apart([key for key, _ in pairs])
    return {key: item for key, item in pairs}  # noqa: C416 - each pair must have exactly two


def _plain_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadValue("a tagged value is not a list")
    return value


def _read_timedelta(value: Any) -> dt.timedelta:
    days, seconds, microseconds = (int(part) for part in str(value).split(","))
    return dt.timedelta(days, seconds, microseconds)


def _read_float(value: Any) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[value]


_OF_LISTS = ("tuple", "set", "frozenset", "dict")
_READERS: dict[str, Callable[[Any], Any]] = {
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "tuple": lambda value: tuple(_read_list(value)),
    "set": lambda value: set(_read_members(value)),
    "frozenset": lambda value: frozenset(_read_members(value)),
    "dict": _read_dict,
    "float": _read_float,
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": _read_timedelta,
    "decimal": decimal.Decimal,
    "uuid": uuid.UUID,
}
