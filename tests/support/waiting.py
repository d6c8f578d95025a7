"""Waiting for a condition, and never for an amount of time."""

import time
from collections.abc import Callable

_GLANCE_SECONDS = 0.02


def until(
    condition: Callable[[], object], seconds: float, why: Callable[[], str] = lambda: ""
) -> None:
    """Return when `condition` holds; fail after `seconds` with what `why` returns then."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Not within {seconds} s. {why()}"
        time.sleep(_GLANCE_SECONDS)
