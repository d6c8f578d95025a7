"""Lists in pages. A cursor holds the sort values of the last row seen: new rows shift nothing."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from greenroom.core.errors import InvalidInputError

T = TypeVar("T")
U = TypeVar("U")
Value = str | int
DEFAULT_SIZE = 50
MAX_SIZE = 200
MAX_CURSOR = 1_000
_MAX_NUMBER = 2**31 - 1
_UNASKABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. `next` is the cursor of the page after, None on the last."""

    items: tuple[T, ...]
    total: int
    next: str | None = None

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        """Return the same page with every item changed."""
        return Page(tuple(change(item) for item in self.items), self.total, self.next)


def encode(values: Sequence[Value]) -> str:
    """Return the cursor for a row's sort values."""
    packed = json.dumps(list(values), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(cursor: str, kinds: Sequence[type]) -> tuple[Value, ...]:
    """Return the sort values in a cursor; each must be of the exact type in `kinds`."""
    values = _unpacked(cursor)
    if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
        raise _not_a_cursor()
    if not all(map(_askable, values)):
        raise _not_a_cursor()
    return tuple(values)


def _askable(value: Value) -> bool:
    """Whether every database can compare with this, and none of them fails at it."""
    if isinstance(value, int):
        return abs(value) <= _MAX_NUMBER
    return not _UNASKABLE.search(value)


def _unpacked(cursor: str) -> object:
    if len(cursor) > MAX_CURSOR:
        raise _not_a_cursor()
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return json.loads(packed)
    except (binascii.Error, ValueError, RecursionError):
        raise _not_a_cursor() from None


def _not_a_cursor() -> InvalidInputError:
    text = "This is not a page of the list. Start again from its first page."
    return InvalidInputError(text, {"cursor": text})
