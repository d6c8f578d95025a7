"""What the pool does next, by what it holds, who waits and what should wait for them. Pure.

What somebody waits for comes first, and what is idle makes room for it. What is wanted comes after,
within the budget: each kind gets a first before any gets a second, and the kind that was asked for
last gets it before the others.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from greenroom_runner.kinds import cost_mib


@dataclass(frozen=True)
class Stock:
    """How many sandboxes of each kind there are: warm, on the way there, and on the way out."""

    warm: Mapping[str, int]
    starting: Mapping[str, int]
    leaving: Mapping[str, int]

    def coming(self, kind: str) -> int:
        """Return how many of a kind are warm or will be."""
        return self.warm.get(kind, 0) + self.starting.get(kind, 0)

    def kept_mib(self) -> int:
        """Return the memory of those that stay."""
        return _mib(self.warm) + _mib(self.starting)

    def used_mib(self) -> int:
        """Return the memory of all."""
        return self.kept_mib() + _mib(self.leaving)


@dataclass(frozen=True)
class Step:
    """Let go of idle sandboxes, a kind each, then start one. `waited_for` starts cannot wait."""

    drop: tuple[str, ...] = ()
    start: str | None = None
    waited_for: bool = False


def next_step(
    stock: Stock,
    waiting: Sequence[str],
    wanted: Mapping[str, int],
    budget_mib: int,
    held: Collection[str] = (),
) -> Step:
    """Return the next step.

    `waiting` names a kind for each that waits, first come first; `wanted` is in the order of
    `Demand.wanted`; kinds in `held` cannot be started now.
    """
    if due := next(_unmet(stock, waiting, held), None):
        return Step(_room_for(due, stock, waiting, wanted, budget_mib), due, waited_for=True)
    granted = grant(wanted, budget_mib)
    if spare := _spare(stock, waiting, granted):
        return Step(drop=spare)
    left = budget_mib - stock.used_mib()
    return Step(start=next(_short(stock, granted, left, held), None))


def grant(wanted: Mapping[str, int], budget_mib: int) -> dict[str, int]:
    """Return how many of each kind fit into the budget."""
    granted = dict.fromkeys(wanted, 0)
    left = budget_mib
    for number in range(max(wanted.values(), default=0)):
        for kind, count in wanted.items():
            if count > number == granted[kind] and cost_mib(kind) <= left:
                granted[kind] += 1
                left -= cost_mib(kind)
    return granted


def _unmet(stock: Stock, waiting: Sequence[str], held: Collection[str]) -> Iterator[str]:
    """Yield the kinds that somebody waits for and that are neither warm nor on the way."""
    seen: Counter[str] = Counter()
    for kind in waiting:
        seen[kind] += 1
        if seen[kind] > stock.coming(kind) and kind not in held:
            yield kind


def _room_for(
    due: str,
    stock: Stock,
    waiting: Sequence[str],
    wanted: Mapping[str, int],
    budget_mib: int,
) -> tuple[str, ...]:
    """Return the idle sandboxes that go: first those of which there are more, then the kinds that
    were asked for longest ago.
    """
    lacking = stock.kept_mib() + cost_mib(due) - budget_mib
    recency = list(wanted)
    idle = sorted(
        (
            (number == 0, -recency.index(kind) if kind in wanted else -len(recency), kind)
            for kind, number in _idle(stock, waiting)
        ),
    )
    gone: list[str] = []
    for _, _, kind in idle:
        if lacking <= 0:
            break
        gone.append(kind)
        lacking -= cost_mib(kind)
    return tuple(gone)


def _idle(stock: Stock, waiting: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield each warm sandbox that nobody waits for: its kind and how many of it would be left."""
    claimed = Counter(waiting)
    for kind, count in stock.warm.items():
        for number in range(claimed[kind], count):
            yield kind, number


def _spare(stock: Stock, waiting: Sequence[str], granted: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(kind for kind, number in _idle(stock, waiting) if number >= granted.get(kind, 0))


def _short(
    stock: Stock, granted: Mapping[str, int], left_mib: int, held: Collection[str]
) -> Iterator[str]:
    """Yield the kinds of which there are too few and that fit, the firsts of all before seconds."""
    for number in range(max(granted.values(), default=0)):
        for kind, count in granted.items():
            missing = count > number == stock.coming(kind)
            if missing and kind not in held and cost_mib(kind) <= left_mib:
                yield kind


def _mib(counts: Mapping[str, int]) -> int:
    return sum(cost_mib(kind) * count for kind, count in counts.items())
