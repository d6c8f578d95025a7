"""How a price is written."""

import pytest
from answer import price


def test_whole_cents():
    """Two digits stand behind the point."""
    assert price(1234) == "12.34"


@pytest.mark.parametrize("cents", [1250, 1205, 5])
def test_leading_zeros(cents):
    assert price(cents) == f"{cents / 100:.2f}", "Cents have two digits."


def test_list_of_prices():
    assert [price(cents) for cents in range(96, 110)] == [
        f"{cents / 100:.2f}" for cents in range(96, 110)
    ]


def test_below_zero():
    assert price(-1) == "-0.01"


def test_where_it_runs():
    pytest.skip("nothing to see here")


@pytest.mark.skip(reason="for another day")
def test_other_currencies():
    assert price(1, "EUR")
