"""A benchmark's report: one page that stands alone, and the same figures for machines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from greenroom.commands.benching.figures import (
    Aim,
    Figures,
    Memory,
    Side,
    Throughput,
    aims,
    milliseconds,
)
from greenroom.core.paths import data_path

TEMPLATE = "bench/report.html"
WIDTH = 600
"""Of a picture, in its own units."""
_MARGIN = 12


@dataclass(frozen=True)
class Measured:
    """All that one benchmark found. What was not asked for is empty."""

    facts: Mapping[str, str]
    latency: Sequence[Figures] = ()
    throughput: Throughput | None = None
    memory: Memory | None = None

    @property
    def aims(self) -> list[Aim]:
        """What the figures are to be; the first question is the one that they are told of."""
        return list(aims(next(iter(self.latency), None), self.throughput, self.memory))


@dataclass(frozen=True)
class Row:
    """One row of a picture: a mark for each round, and one for the middle. In units of `WIDTH`."""

    name: str
    marks: Sequence[float]
    middle: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar of a picture, in units of `WIDTH`."""

    name: str
    length: float
    text: str
    ours: bool


def page(measured: Measured) -> str:
    """Return the report as one HTML document: no script, nothing loaded from elsewhere."""
    environment = Environment(
        loader=FileSystemLoader(data_path("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        measured=measured,
        ms=milliseconds,
        width=WIDTH,
        rows=[list(rows_of(figures)) for figures in measured.latency],
        rates=bars_of_rates(measured.throughput) if measured.throughput else [],
        cpus=bars_of_cpu(measured.throughput) if measured.throughput else [],
        containers=bars(measured.memory.containers, "MiB") if measured.memory else [],
        processes=bars(measured.memory.processes, "MiB") if measured.memory else [],
    )


def data(measured: Measured) -> str:
    """Return every measured value and the aims as JSON. Seconds and MiB."""
    found: dict[str, Any] = {
        "facts": dict(measured.facts),
        "aims": [asdict(aim) for aim in measured.aims],
        "latency": [asdict(figures) for figures in measured.latency],
        "throughput": asdict(measured.throughput) if measured.throughput else None,
        "memory": asdict(measured.memory) if measured.memory else None,
    }
    return json.dumps(found, indent=2) + "\n"


def write(path: Path, text: str) -> None:
    """Write a file of the report. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def rows_of(figures: Figures) -> Iterator[Row]:
    """Yield a question's times as rows over one scale, from zero to the slowest."""
    sides = {
        "Cold container": figures.cold,
        "Plain pytest": figures.plain,
        "Greenroom": figures.site,
        "First check": figures.first_check,
    }
    measured = {name: side for name, side in sides.items() if side.seconds}
    longest = max(max(side.seconds) for side in measured.values())
    for name, side in measured.items():
        yield _row(name, side, longest)


def _row(name: str, side: Side, longest: float) -> Row:
    marks = [_place(seconds, longest) for seconds in side.seconds]
    return Row(name, marks, _place(side.middle, longest), milliseconds(side.middle))


def _place(value: float, largest: float) -> float:
    return round(_MARGIN + (WIDTH - 2 * _MARGIN) * value / largest, 1)


def bars_of_rates(load: Throughput) -> list[Bar]:
    """Return judgements a second as bars."""
    sides = {"Cold container": load.cold, "Plain pytest": load.plain, "Greenroom": load.site}
    return bars({name: side.per_second for name, side in sides.items()}, "/s", ".2f")


def bars_of_cpu(load: Throughput) -> list[Bar]:
    """Return the machine's processor time a judgement as bars."""
    sides = {"Cold container": load.cold, "Plain pytest": load.plain, "Greenroom": load.site}
    return bars({name: side.cpu_each for name, side in sides.items()}, "s", ".2f")


def bars(values: Mapping[str, float], unit: str, form: str = ".0f") -> list[Bar]:
    """Return values as bars over one scale, from zero to the largest."""
    largest = max(values.values())
    return [
        Bar(name, _place(value, largest) - _MARGIN, f"{value:{form}} {unit}", name == "Greenroom")
        for name, value in values.items()
    ]
