"""A part that is killed is started again; one that keeps ending takes the site down in order."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.bank_folder import write_bank
from tests.support.serving import Serve, serving
from tests.support.waiting import until

PARTS = {
    "web server": "greenroom.serve.web",
    "worker": "greenroom.cli worker",
    "runner": "greenroom.cli runner",
    "queue": "valkey",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Serve]:
    bank = write_bank(tmp_path / "bank")
    with serving(tmp_path / "data", GREENROOM_QUESTION_BANK=str(bank)) as started:
        started.wait_until_ready()
        yield started


def test_each_part_is_started_again(site: Serve) -> None:
    for part, command in PARTS.items():
        killed = site.child(command)
        os.kill(killed, signal.SIGKILL)
        site.wait_for(f"The {part} ended by SIGKILL. Starting it again.")
        until(lambda: site.child(command) not in {0, killed}, 30)  # noqa: B023 used at once
    site.wait_until_ready()
    assert site.judged() == "accepted"
    assert site.end() == 0
    assert not site.left()


def test_a_part_that_keeps_ending_ends_the_site(site: Serve) -> None:
    while site.runs:
        with suppress(ProcessLookupError):  # between two of its lives
            if pid := site.child(PARTS["runner"]):
                os.kill(pid, signal.SIGKILL)
    assert site.wait() == 1
    assert "The runner ended by SIGKILL. It does so again and again. Its log" in site.said
    assert "Traceback" not in site.said
    site.wait_until_gone()
