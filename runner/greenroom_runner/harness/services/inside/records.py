"""What a service takes down of an answer's doing: plain values, within a total size."""

import json
from collections.abc import Callable
from typing import Any

MAX_SIZE = 1024 * 1024
"""Bytes as JSON, so that everything fits into one frame to the grader."""
MAX_TEXT = 32 * 1024
"""Characters that a service keeps of one text."""


class Records:
    """A list that stays below a size: what comes later is not taken."""

    def __init__(self, room: int = MAX_SIZE) -> None:
        self._records: list[Any] = []
        self._room = room
        self._kept: tuple[list[Any], int] = ([], room)

    def __len__(self) -> int:
        return len(self._records)

    def all(self) -> list[Any]:
        return list(self._records)

    def add(self, record: Any) -> bool:
        """Take a record, and say whether there was room for it."""
        size = _size(record)
        if size > self._room:
            return False
        self._room -= size
        self._records.append(record)
        return True

    def remove(self, unwanted: Callable[[Any], bool]) -> None:
        """Forget the records that are `unwanted`."""
        for record in filter(unwanted, self.all()):
            self._records.remove(record)
            self._room += _size(record)

    def keep(self) -> None:
        self._kept = (self.all(), self._room)

    def reset(self) -> None:
        """Go back to what there was at `keep`."""
        records, self._room = self._kept
        self._records = list(records)


def _size(record: Any) -> int:
    return len(json.dumps(record))
