"""Open suites for tests: a small question of that kind, an exercise to import, and what judges by
a suite.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greenroom.bank.faults import Faults
from greenroom.bank.suite import planned_tests

PLACE = "adding/round-a-price"
MANIFEST = """
format = 1
id = "q-round-a-price"
slug = "round-a-price"
kind = "code"
title = "Write a function that rounds a price to whole cents."
difficulty = "junior"
minutes = 10
profile = "pydantic"
"""
TESTS = '''"""What rounding a price has to do."""

import unittest
from decimal import Decimal

import pytest

from answer import rounded


def test_keeps_whole_cents():
    """Whole cents stay as they are."""
    assert rounded(Decimal("1.25")) == Decimal("1.25")


@pytest.mark.parametrize(("price", "cents"), [("1.234", "1.23"), ("1.235", "1.24")])
def test_rounds_half_up(price, cents):
    assert rounded(Decimal(price)) == Decimal(cents), "Half a cent goes up."


class Refusals(unittest.TestCase):
    def test_refuses_less_than_nothing(self):
        with self.assertRaises(ValueError):
            rounded(Decimal("-1"))
'''
REFERENCE = """from decimal import ROUND_HALF_UP, Decimal


def rounded(price):
    if price < 0:
        raise ValueError("A price is not negative.")
    return price.quantize(Decimal("0.01"), ROUND_HALF_UP)
"""
STARTER = "def rounded(price):\n    return None\n"
TRUNCATES = """# catches: test_rounds_half_up
from decimal import ROUND_DOWN, Decimal


def rounded(price):
    if price < 0:
        raise ValueError
    return price.quantize(Decimal("0.01"), ROUND_DOWN)
"""
QUESTION = {
    f"{PLACE}/question.toml": MANIFEST,
    f"{PLACE}/statement.md": "Write `rounded(price)`.\n",
    f"{PLACE}/suite/test_prices.py": TESTS,
    f"{PLACE}/starter/answer.py": STARTER,
    f"{PLACE}/reference/answer.py": REFERENCE,
    f"{PLACE}/mutants/wrong_answer/truncates.py": TRUNCATES,
}
"""Files of a question for `bank_folder.write_bank`."""

EXERCISE = {
    ".meta/config.json": """{
  "authors": ["somebody"],
  "files": {
    "solution": ["parking_fee.py"],
    "test": ["parking_fee_test.py"],
    "example": [".meta/example.py"],
    "editor": ["tariff.py"]
  },
  "blurb": "Work out what a \\"parked\\" car\\nowes."
}
""",
    ".meta/example.py": "from tariff import HOUR\n\n\ndef fee(hours):\n    return hours * HOUR\n",
    ".docs/introduction.md": "# Introduction\n\nA garage opens at six.\n",
    ".docs/instructions.md": "# Instructions\n\nWrite `fee(hours)`.\n",
    ".docs/instructions.append.md": "# Instructions append\n\nA tariff is given.\n",
    ".docs/hints.md": """# Hints

## General

- Read [the tariff][tariff].

## 1. The fee

- Multiply.

[tariff]: https://example.org/tariff
""",
    "parking_fee.py": "def fee(hours):\n    pass\n",
    "tariff.py": "HOUR = 3\n",
    "parking_fee_test.py": """import unittest

from parking_fee import fee


class ParkingFeeTest(unittest.TestCase):
    def test_an_hour(self):
        self.assertEqual(fee(1), 3)

    def test_several_hours(self):
        for hours in (2, 5):
            with self.subTest(hours=hours):
                self.assertEqual(fee(hours), hours * 3, msg="Each hour costs the same.")

    @unittest.skip("for another day")
    def test_a_whole_week(self):
        self.assertEqual(fee(168), 100)
""",
}
"""An exercise in Exercism's format."""


def write_exercise(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the exercise; `changes` replace, add or (None) leave out files."""
    for name, content in {**EXERCISE, **(changes or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def suite_of(files: Mapping[str, str]) -> dict[str, Any]:
    """Return the suite of a request: the files, and the tests as the bank reads them."""
    faults = Faults()
    tests = planned_tests(files, ("answer.py",), "suite", faults)
    assert not tuple(faults), tuple(faults)
    return {"files": dict(files), "tests": [test.as_dict() for test in tests]}
