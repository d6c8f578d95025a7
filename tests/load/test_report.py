"""A benchmark's report stands alone and says every figure, missed ones too."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.commands.benching import report
from greenroom.commands.benching.figures import Figures, Memory, Side
from greenroom.commands.benching.report import Measured, bars, rows_of
from tests.load.test_figures import FIGURES, LOAD

FACTS = {"Measured": "2026-01-01 10:00 UTC", "Processors": "2 (<fast> & cheap)"}
FULL = Measured(FACTS, [FIGURES], LOAD, Memory({"fastapi": 61.0}, {"web": 70.5}))
VOID = {"meta", "rect", "line", "br"}


class Tags(HTMLParser):
    """Keeps what is open and every element's name and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs), attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_report_is_whole_and_loads_nothing() -> None:
    text = report.page(FULL)
    tags = Tags(text)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "link" not in tags.seen
    assert "url(" not in text


def test_a_report_says_every_figure() -> None:
    text = report.page(FULL)
    for said in ("0.055", "0.020", "15 ms", "2.00", "1.60 /s", "61 MiB", "70 MiB", "2000 ms"):
        assert said in text, said
    assert text.count("not met") == 2
    assert "&lt;fast&gt; &amp; cheap" in text


@pytest.mark.parametrize(
    "measured",
    [Measured(FACTS), Measured(FACTS, [FIGURES]), Measured(FACTS, throughput=LOAD)],
    ids=["nothing", "latency", "throughput"],
)
def test_a_report_of_a_part_says_only_that(measured: Measured) -> None:
    text = report.page(measured)
    Tags(text)
    assert ("One submission" in text) == bool(measured.latency)
    assert ("steady load" in text) == bool(measured.throughput)
    assert "Memory at rest" not in text


def test_the_data_are_what_was_measured(tmp_path: Path) -> None:
    report.write(tmp_path / "new" / "bench.json", report.data(FULL))
    found = json.loads((tmp_path / "new" / "bench.json").read_text())
    assert found["latency"][0]["site"]["seconds"] == [0.1, 0.11, 0.3]
    assert found["throughput"]["cold"]["cpu_seconds"] == 16.0
    assert [aim["met"] for aim in found["aims"]] == [True, False, True, True, True, False]


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=10))
def test_marks_lie_within_the_picture(seconds: list[float]) -> None:
    figures = Figures("q", 1, plain=Side(seconds), site=Side(seconds), first_check=Side(seconds))
    for row in rows_of(figures):
        assert all(0 < mark < report.WIDTH for mark in (*row.marks, row.middle))


def test_bars_share_a_scale() -> None:
    one, two = bars({"Plain pytest": 1.0, "Greenroom": 2.0}, "s", ".1f")
    assert two.length == pytest.approx(2 * one.length)
    assert (two.text, two.ours, one.ours) == ("2.0 s", True, False)


def test_colours_are_there_by_day_and_by_night() -> None:
    colours = re.findall(r"--[a-z0-9-]+: (.*);", report.page(FULL))
    assert colours
    assert all(colour.startswith("light-dark(") for colour in colours)
