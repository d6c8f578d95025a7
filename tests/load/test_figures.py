"""The figures of a benchmark follow from its times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.commands.benching.figures import (
    Figures,
    Memory,
    Rate,
    Side,
    Throughput,
    aims,
    percentile_95,
)

SECONDS = st.lists(st.floats(0.001, 100), min_size=1, max_size=40)
FIGURES = Figures(
    "keep-notes",
    5,
    plain=Side([1.0, 2.0, 9.0]),
    site=Side([0.1, 0.11, 0.3]),
    first_check=Side([0.03, 0.04, 0.05]),
    added=Side([0.014, 0.015, 0.02]),
)
LOAD = Throughput(
    2,
    plain=Rate(Side([1.0] * 10), 10.0, 12.0),
    cold=Rate(Side([2.0] * 8), 10.0, 16.0),
    site=Rate(Side([0.5] * 16), 10.0, 8.0),
)


def test_ratios_compare_with_the_median_of_plain_pytest() -> None:
    assert FIGURES.ratio == pytest.approx(0.055)
    assert FIGURES.slow_ratio == pytest.approx(FIGURES.site.slow / 2.0)
    assert FIGURES.first_ratio == pytest.approx(0.02)


def test_a_load_is_told_by_the_second_and_by_the_judgement() -> None:
    assert LOAD.ratio == pytest.approx(2.0)
    assert (LOAD.site.per_second, LOAD.site.cpu_each) == pytest.approx((1.6, 0.5))


def test_aims_say_what_is_met_and_what_is_not() -> None:
    held = Memory({"fastapi": 61.0, "judge": 13.0}, {})
    found = {aim.name: (aim.value, aim.met) for aim in aims(FIGURES, LOAD, held)}
    assert found == {
        "Median over plain pytest": ("0.055", True),
        "95th percentile over plain pytest": (f"{FIGURES.slow_ratio:.3f}", False),
        "First check over plain pytest": ("0.020", True),
        "Added to loading and checks": ("15 ms", True),
        "Judgements a second over cold containers": ("2.00", True),
        "Own memory of a warm container": ("61 MiB", False),
    }
    assert list(aims(None, None, None)) == []


def test_one_round_is_its_own_percentile() -> None:
    assert percentile_95([0.25]) == 0.25


@given(SECONDS)
def test_the_percentile_lies_between_median_and_maximum(seconds: list[float]) -> None:
    side = Side(seconds)
    assert side.middle <= side.slow + 1e-9
    assert side.slow <= max(seconds) + 1e-9
