"""What `greenroom serve` starts on, and what it says about it: odd folders, old databases, banks
with faults, an engine that is not there yet.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenroom.core import db, migrate
from greenroom.core.config import Settings
from tests.support.bank_folder import CODE, write_bank
from tests.support.environment import Environment
from tests.support.program import Program
from tests.support.serving import Serve, free_port, serving
from tests.support.waiting import until

NO_RUNNER = {"GREENROOM_RUNNER_URL": "unix:///nowhere/runner.sock"}
"""For sites that are to judge nothing: they start sooner."""
NO_ENGINE = "unix:///nowhere/docker.sock"
WRONG = "def add(left, right):\n    return left - right\n"


@contextmanager
def started(data_dir: Path, bank: Path, **settings: str) -> Iterator[Serve]:
    with serving(data_dir, GREENROOM_QUESTION_BANK=str(bank), **settings) as site:
        site.wait_until_up()
        yield site


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank")


@pytest.fixture
def loaded(bank: Path, tmp_path: Path, environment: Environment, program: Program) -> Path:
    """A data folder into which a good bank was loaded."""
    environment.set(question_bank=str(bank))
    assert program("db", "upgrade").status == 0
    assert program("bank", "load").status == 0
    return tmp_path / "data"


def test_a_folder_with_a_long_name_and_a_database_of_an_older_version(
    tmp_path: Path, bank: Path, environment: Environment
) -> None:
    folder = tmp_path / 'Grüner Raum № 1, it\'s "mine"' / ("long" * 30)
    environment.set(data_dir=str(folder))
    migrate.upgrade(db.engine(), "0001")
    run_dir = Settings().run_dir
    assert not run_dir.is_relative_to(folder), "no socket has such a path"
    with started(folder, bank) as site:
        site.wait_until_ready()
        assert migrate.state(db.engine()) == "current"
        assert site.judged() == "accepted"
        assert site.end() == 0
        assert not site.left()
    assert not run_dir.exists()


def test_a_second_site_on_the_same_folder(
    tmp_path: Path, bank: Path, environment: Environment, program: Program
) -> None:
    with started(tmp_path / "data", bank, **NO_RUNNER) as site:
        environment.set(sandbox="local")
        told = program("serve", "--port", str(free_port())).told
        assert told == (
            f"Greenroom already runs on the data folder {tmp_path / 'data'}, at {site.url}. "
            "Use that one, stop it, or set GREENROOM_DATA_DIR to another folder.\n"
        )
        assert site.answer("/") == 200
        assert program("doctor").status == 0


@pytest.mark.parametrize("fault", ["on a line", "empty", "missing"])
def test_a_bank_with_a_fault_leaves_what_was_there(
    fault: str, loaded: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    sentences = {
        "on a line": f"The question bank {broken} has faults and was not loaded:\n"
        "adding/1-1-add-numbers/question.toml, line 10, minutes: "
        "Input should be a valid integer, not 'ten'.\n",
        "empty": f"The question bank {broken} has faults and was not loaded:\n"
        ".: The bank is empty. It has a folder for each topic.\n",
        "missing": f"The question bank cannot be read: {broken}: No such file or directory. "
        "Set GREENROOM_QUESTION_BANK to a folder of questions.\n",
    }
    wrong = CODE.replace("minutes = 10", 'minutes = "ten"')
    write_bank(broken, {"adding/1-1-add-numbers/question.toml": wrong})
    if fault != "on a line":
        shutil.rmtree(broken)
    if fault == "empty":
        broken.mkdir()
    with started(loaded, broken, **NO_RUNNER) as site:
        assert sentences[fault] in site.said
        assert site.answer("/questions/add-numbers") == 200


def test_an_engine_that_is_insisted_on_may_come_later(tmp_path: Path, bank: Path) -> None:
    with (
        started(tmp_path / "data", bank, GREENROOM_SANDBOX="docker", DOCKER_HOST=NO_ENGINE) as site,
        site.browser() as browser,
    ):
        assert "Until then answers wait." in site.said
        until(lambda: "Answers cannot be judged now." in browser.get("/").text, 30)
        assert "No container engine answers." in browser.get("/").text


def test_without_an_engine_local_processes_judge(tmp_path: Path, bank: Path) -> None:
    with started(tmp_path / "data", bank, DOCKER_HOST=NO_ENGINE) as site:
        assert "Until then answers run as local processes" in site.said
        site.wait_until_ready()
        with site.browser() as browser:
            for page in ("/", "/questions/add-numbers"):
                until(lambda: "Answers run as local processes" in browser.get(page).text, 30)  # noqa: B023 used at once
        assert site.judged() == "accepted"
        assert site.judged(WRONG) == "wrong_answer"
        assert site.end() == 0
        assert not site.left()
