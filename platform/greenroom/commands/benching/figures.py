"""Figures of a benchmark: pure functions over what was measured. Seconds and MiB."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

AIM_RATIO = 0.06
AIM_SLOW_RATIO = 0.10
AIM_FIRST_CHECK = 0.02
AIM_ADDED_SECONDS = 0.015
AIM_THROUGHPUT = 1.8
AIM_MEMORY_MIB = 60


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
    """What was measured for one question. Rounds alternate, so all sides saw the same machine."""

    question: str
    checks: int
    plain: Side = field(default_factory=Side)
    site: Side = field(default_factory=Side)
    first_check: Side = field(default_factory=Side)
    added: Side = field(default_factory=Side)
    """What was not spent on loading the answer and on its checks."""
    cold: Side = field(default_factory=Side)
    """A cold container a round; empty where none was started."""

    @property
    def ratio(self) -> float:
        """Greenroom's median as a share of plain pytest's median."""
        return self.site.middle / self.plain.middle

    @property
    def slow_ratio(self) -> float:
        """Greenroom's 95th percentile as a share of plain pytest's median."""
        return self.site.slow / self.plain.middle

    @property
    def first_ratio(self) -> float:
        """The first check's event as a share of plain pytest's median."""
        return self.first_check.middle / self.plain.middle


@dataclass
class Rate:
    """One way of judging under a steady load: the times of its judgements, how long the load lasted
    and how much of the machine's processors was busy meanwhile.
    """

    latency: Side
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Judgements that came to their end in a second."""
        return len(self.latency.seconds) / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of processor that one judgement took of the whole machine."""
        return self.cpu_seconds / len(self.latency.seconds)


@dataclass
class Throughput:
    """Every way under the same load, one after the other."""

    submitters: int
    plain: Rate
    cold: Rate
    site: Rate

    @property
    def ratio(self) -> float:
        """Greenroom's judgements a second as a multiple of those in cold containers."""
        return self.site.per_second / self.cold.per_second


@dataclass
class Memory:
    """What is held while nobody hands anything in: each one's own memory in MiB, no page cache."""

    containers: Mapping[str, float]
    processes: Mapping[str, float]


@dataclass(frozen=True)
class Aim:
    """A figure beside what it is to be."""

    name: str
    limit: str
    value: str
    met: bool


def aims(
    latency: Figures | None, throughput: Throughput | None, memory: Memory | None
) -> Iterator[Aim]:
    """Yield the aims of what was measured."""
    if latency is not None:
        yield _most("Median over plain pytest", latency.ratio, AIM_RATIO)
        yield _most("95th percentile over plain pytest", latency.slow_ratio, AIM_SLOW_RATIO)
        yield _most("First check over plain pytest", latency.first_ratio, AIM_FIRST_CHECK)
        added = latency.added.middle
        yield Aim(
            "Added to loading and checks",
            f"at most {milliseconds(AIM_ADDED_SECONDS)}",
            milliseconds(added),
            added <= AIM_ADDED_SECONDS,
        )
    if throughput is not None:
        yield Aim(
            "Judgements a second over cold containers",
            f"at least {AIM_THROUGHPUT}",
            f"{throughput.ratio:.2f}",
            throughput.ratio >= AIM_THROUGHPUT,
        )
    if memory is not None:
        most = max(memory.containers.values())
        yield Aim(
            "Own memory of a warm container",
            f"at most {AIM_MEMORY_MIB} MiB",
            f"{most:.0f} MiB",
            most <= AIM_MEMORY_MIB,
        )


def _most(name: str, value: float, limit: float) -> Aim:
    return Aim(name, f"at most {limit:.2f}", f"{value:.3f}", value <= limit)


def milliseconds(seconds: float) -> str:
    """Return a time as text."""
    return f"{seconds * 1000:.0f} ms"


def percentile_95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile between the measured values; of one value, that value."""
    if len(seconds) == 1:
        return seconds[0]
    return quantiles(seconds, n=20, method="inclusive")[-1]
