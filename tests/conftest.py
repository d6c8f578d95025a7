"""What all tests share: settings of their own, both databases, a real Valkey.

A part that is missing on the machine fails the test with a sentence; nothing is ever skipped.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.environment import Environment

pytest_plugins = [
    "tests.support.databases",
    "tests.support.valkey",
    "tests.support.site",
    "tests.support.program",
]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the machine's settings out of the tests, and each test's out of the next."""
    for name in os.environ:
        if name.startswith("GREENROOM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GREENROOM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GREENROOM_WEAK_PASSWORD_HASHES", "true")
    processes.forget()
    yield
    processes.forget()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """The settings' environment, to be changed with `environment.set(mode="multi-user")`."""
    return Environment(monkeypatch)
