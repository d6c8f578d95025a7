"""The figures of a benchmark follow from its times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.commands.benching.figures import Figures, Side, percentile_95

SECONDS = st.lists(st.floats(0.001, 100), min_size=1, max_size=40)


def test_the_ratio_compares_medians() -> None:
    figures = Figures("full-name-hybrid", 10, Side([1.0, 2.0, 9.0]), Side([0.1, 0.2, 5.0]))
    assert figures.ratio == pytest.approx(0.1)
    assert figures.slow_ratio == pytest.approx(figures.site.slow / 2.0)


def test_one_round_is_its_own_percentile() -> None:
    assert percentile_95([0.25]) == 0.25


@given(SECONDS)
def test_the_percentile_lies_between_median_and_maximum(seconds: list[float]) -> None:
    side = Side(seconds)
    assert side.middle <= side.slow + 1e-9
    assert side.slow <= max(seconds) + 1e-9
