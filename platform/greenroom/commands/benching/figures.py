"""Figures of a benchmark: pure functions over seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass
class Side:
    """The times of one way of judging, in seconds, one a round."""

    seconds: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.seconds)

    @property
    def slow(self) -> float:
        """The 95th percentile."""
        return percentile_95(self.seconds)


@dataclass
class Figures:
    """What was measured for one question. Rounds alternate, so both sides saw the same machine."""

    question: str
    checks: int
    plain: Side = field(default_factory=Side)
    site: Side = field(default_factory=Side)
    first_check: Side = field(default_factory=Side)

    @property
    def ratio(self) -> float:
        """Greenroom's median as a share of plain pytest's median."""
        return self.site.middle / self.plain.middle

    @property
    def slow_ratio(self) -> float:
        """Greenroom's 95th percentile as a share of plain pytest's median."""
        return self.site.slow / self.plain.middle


def percentile_95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile between the measured values; of one value, that value."""
    if len(seconds) == 1:
        return seconds[0]
    return quantiles(seconds, n=20, method="inclusive")[-1]
