"""Frames: four bytes of length, big endian, then one strict JSON object. The only thing that
crosses a sandbox's border.

Used by both sides of the channel, and by the harness inside, so it needs the standard library
alone. Each cap is here because the sender may be hostile: size bounds memory, depth bounds
recursion, digits bound the time of `int()`, and a key that is there twice could mean one thing to a
checker and another to a user.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

HEADER = 4
MAX_FRAME = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 400

Frame = dict[str, Any]


class BadFrame(ValueError):
    """What arrived is not a frame. The text says what is wrong with it and holds nothing of it."""


def pack(frame: Mapping[str, Any]) -> bytes:
    """Return the bytes of `frame`. Lone surrogates travel as escapes; NaN and infinities are
    refused.
    """
    try:
        payload = json.dumps(frame, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as problem:
        raise BadFrame("this cannot be written as JSON") from problem
    if len(payload) > MAX_FRAME:
        raise BadFrame("the frame is too long")
    return len(payload).to_bytes(HEADER, "big") + payload


def parse(payload: bytes) -> Frame:
    """Return the object in `payload`, or raise BadFrame."""
    try:
        frame = json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_bounded_int,
            parse_float=_finite_float,
            parse_constant=_no_constant,
        )
    except BadFrame:
        raise
    except (ValueError, RecursionError) as problem:
        raise BadFrame("the frame is not strict JSON") from problem
    if not isinstance(frame, dict):
        raise BadFrame("the frame is not an object")
    if deeper_than(frame, MAX_DEPTH):
        raise BadFrame("the frame is nested too deeply")
    return frame


def deeper_than(value: Any, depth: int) -> bool:
    """Say whether `value` has more than `depth` levels of lists and objects. Never recurses."""
    level = [value]
    for _ in range(depth + 1):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return False
    return True


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values() if value else (None,)
    if isinstance(value, list):
        return value or (None,)
    return ()


def _unique(pairs: list[tuple[str, Any]]) -> Frame:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadFrame("the frame has a key twice")
    return found


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadFrame("the frame has an integer of too many digits")
    return int(digits)


def _finite_float(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise BadFrame("the frame has a number of too many digits")
    found = float(digits)
    if not math.isfinite(found):
        raise BadFrame("the frame has a number that is not finite")
    return found


def _no_constant(name: str) -> float:
    raise BadFrame(f"the frame has {name}")


class Splitter:
    """Cuts a stream of bytes into payloads. Holds at most what was fed and not yet taken."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def take(self) -> bytes | None:
        """Return the next whole payload, None when it is not there yet. Raises BadFrame on a
        length beyond the cap.
        """
        if len(self._buffer) < HEADER:
            return None
        length = int.from_bytes(self._buffer[:HEADER], "big")
        if length > MAX_FRAME:
            raise BadFrame("the frame is too long")
        if len(self._buffer) < HEADER + length:
            return None
        payload = bytes(self._buffer[HEADER : HEADER + length])
        del self._buffer[: HEADER + length]
        return payload

    def __iter__(self) -> Iterator[bytes]:
        while (payload := self.take()) is not None:
            yield payload
