"""However `greenroom serve` ends, nothing of it stays behind and nothing is lost."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bank_folder import write_bank
from tests.support.serving import Serve, serving, verdict
from tests.support.waiting import until

ENDED = {0, 128 + signal.SIGINT, -signal.SIGINT}
"""Exit statuses of Ctrl-C: while it starts it may come before the site listens for it."""
SLOW = "import time\n\ndef add(left, right):\n    time.sleep({seconds})\n    return left + right\n"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that all tests here use in turn: each finds what the one before it left."""
    return tmp_path_factory.mktemp("ending") / "data"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Its one check may take longer than any test here waits.
    path = "adding/1-1-add-numbers/question.toml"
    folder = write_bank(tmp_path_factory.mktemp("bank"))
    manifest = folder / path
    manifest.write_text(manifest.read_text().replace("check_seconds = 2", "check_seconds = 20"))
    return folder


@pytest.fixture
def site(data_dir: Path, bank: Path) -> Iterator[Serve]:
    with serving(data_dir, GREENROOM_QUESTION_BANK=str(bank)) as started:
        yield started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_of_it(site: Serve, number: signal.Signals) -> None:
    site.wait_until_ready()
    for parts in (site.processes, site.sockets, site.containers):
        until(parts, 30)  # what is looked for is found while it is there
    assert site.end(number) == 0, site.said
    assert not site.left()
    assert "Traceback" not in site.said


def test_killed_it_leaves_nothing_behind(site: Serve) -> None:
    site.wait_until_ready()
    until(site.containers, 30)
    assert site.end(signal.SIGKILL) == -signal.SIGKILL
    site.wait_until_gone()


@pytest.mark.parametrize("sign", ["Answers run in", "runner listens", "engine ready"])
def test_ctrl_c_while_it_starts(site: Serve, sign: str) -> None:
    site.wait_for(sign)
    assert site.end(signal.SIGINT, group=True) in ENDED, site.said
    assert not site.left()
    assert "Traceback" not in site.said


def test_ctrl_c_before_it_has_started_anything(site: Serve) -> None:
    until(lambda: b"pydantic_core" in _mapped(site), 20)  # among the first of what it imports
    assert site.end(signal.SIGINT, group=True) in ENDED, site.said
    assert not site.left()
    assert "Traceback" not in site.said


def _mapped(site: Serve) -> bytes:
    return Path("/proc", str(site.process.pid), "maps").read_bytes()


def test_a_judgement_under_way_is_judged_after_the_next_start(data_dir: Path, bank: Path) -> None:
    with serving(data_dir, GREENROOM_QUESTION_BANK=str(bank)) as first:
        first.wait_until_ready()
        with first.browser() as browser:
            handed_in = browser.post(
                "/api/v1/questions/add-numbers/submissions",
                json={"files": {"answer.py": SLOW.format(seconds=4)}, "mode": "submit"},
            )
            submission = handed_in.raise_for_status().json()["id"]
            place = f"/api/v1/submissions/{submission}"
            until(lambda: browser.get(place).json()["status"] == "running", 30)
        assert first.end(signal.SIGINT, group=True) == 0, first.said
        assert not first.left()
    with serving(data_dir, GREENROOM_QUESTION_BANK=str(bank)) as second:
        second.wait_until_up()
        with second.browser() as browser:
            assert verdict(browser, submission) == "accepted"
