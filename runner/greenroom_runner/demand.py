"""How many sandboxes of each kind should wait, by what was asked for lately. Pure: the caller
brings the time, in seconds.

As many as were asked for within ten seconds when the most were; that number halves every two
minutes, and the last one goes when nobody has asked for ten minutes.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

SPAN = 10.0
HALVING = 120.0
WINDOW = 600.0
_MOST = 64


@dataclass
class _Asked:
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST))
    peak: float = 0.0
    peak_at: float = 0.0

    def note(self, now: float) -> None:
        self.recent.append(now)
        while self.recent[0] < now - SPAN:
            self.recent.popleft()
        if len(self.recent) >= self._left_of_peak(now):
            self.peak, self.peak_at = len(self.recent), now

    def wanted(self, now: float) -> int:
        if now - self.recent[-1] > WINDOW:
            return 0
        return math.ceil(self._left_of_peak(now))

    def _left_of_peak(self, now: float) -> float:
        return float(self.peak * 0.5 ** ((now - self.peak_at) / HALVING))


class Demand:
    """Remembers what was asked for. One of each of `always` is wanted at all times."""

    def __init__(self, always: Sequence[str]) -> None:
        self._always = always
        self._asked: dict[str, _Asked] = {}  # least recently asked for first

    def note(self, kind: str, now: float) -> None:
        """Remember that one of this kind was asked for."""
        asked = self._asked.pop(kind, None) or _Asked()
        asked.note(now)
        self._asked[kind] = asked

    def wanted(self, now: float) -> dict[str, int]:
        """Return how many of each kind should wait, what was asked for last at first."""
        found = {kind: asked.wanted(now) for kind, asked in reversed(self._asked.items())}
        wanted = {kind: count for kind, count in found.items() if count}
        return {**wanted, **{kind: 1 for kind in self._always if kind not in wanted}}
