"""`greenroom doctor`: a line for each part, and an exit status that a script can ask."""

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from greenroom.core import db, migrate, pulse
from greenroom.core.config import settings
from greenroom.core.paths import data_root
from greenroom.core.pulse import Pulse
from greenroom_runner.agent import AgentSettings, run_agent
from greenroom_runner.kinds import cost_mib
from greenroom_runner.pool import PoolSettings
from tests.support.environment import Environment
from tests.support.fake_engine import FakeEngine
from tests.support.program import Program
from tests.support.waiting import until


def lines(program: Program, status: int) -> dict[str, str]:
    """Return what the doctor says of each part, the state first; see that it ends with `status`."""
    ended = program("doctor")
    assert ended.status == status, ended.everything
    found = [
        (line[5:22].strip(), f"{line[:4].strip()}: {line[23:]}") for line in ended.out.splitlines()
    ]
    return dict(found)


def test_before_the_first_start_nothing_is_missing(program: Program, tmp_path: Path) -> None:
    found = lines(program, 0)
    assert found["data folder"].endswith("data is not there yet; `greenroom serve` makes it.")
    assert found["database"].startswith("note: None yet;")
    assert found["queue"] == "note: The embedded Valkey runs while `greenroom serve` does."
    assert found["container engine"].startswith("ok: ")
    assert found["pages"] == "ok: The front end is built."
    assert not (tmp_path / "data").exists(), "looking changes nothing"


def test_a_running_site(program: Program, database: Engine, redis_url: str) -> None:
    pulse.beat(Pulse("ready", "docker"))
    found = lines(program, 0)
    assert found["database"].endswith(" is current.")
    assert found["queue"] == "ok: Valkey or Redis answers."
    assert found["worker"] == "ok: A worker has given a sign of life."


def test_no_worker(program: Program, database: Engine, redis_url: str) -> None:
    assert lines(program, 0)["worker"].startswith("note: No worker runs now.")


def test_a_running_agent_and_its_pool(program: Program, environment: Environment) -> None:
    assert lines(program, 0)["runner agent"].startswith("note: None runs now.")
    used = cost_mib("fastapi")
    pool = PoolSettings(memory_mib=used, always=("fastapi", "pydantic"))
    url = settings().runner
    stop = threading.Event()
    with closing(FakeEngine()) as engine:
        given = (url, engine, stop, AgentSettings(pool=pool))
        agent = threading.Thread(target=run_agent, args=given)
        agent.start()
        try:
            until(lambda: engine.alive("fastapi"), 10)
            until(lambda: "ok" in lines(program, 0).get("pool", ""), 10)
            found = lines(program, 0)
            assert found["runner agent"] == "ok: It judges on the engine fake."
            assert found["pool"] == f"ok: {used} of {used} MiB: 1 of 1 fastapi warm."
        finally:
            stop.set()
            agent.join()


def test_the_runtime_of_sandboxes(
    program: Program, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the engine's default." in lines(program, 0)["sandbox runtime"]
    monkeypatch.setattr("greenroom_runner.runtimes.names", lambda info: ["crun", "runc", "runsc"])
    found = lines(program, 0)["sandbox runtime"]
    assert "crun is there too: it starts sandboxes with less processor time." in found
    assert "runsc is there too: it keeps answers from the machine's own kernel (gVisor)" in found
    environment.set(sandbox_runtime="runsc")
    assert lines(program, 0)["sandbox runtime"] == "ok: runsc, as is set."
    environment.set(sandbox_runtime="kata")
    found = lines(program, 1)["sandbox runtime"]
    assert found.startswith("bad: The container engine knows no runtime kata, only crun, runc")


def test_an_empty_and_an_old_database(program: Program, empty_database: Engine) -> None:
    assert lines(program, 0)["database"].endswith("is empty. `greenroom db upgrade` fills it.")
    migrate.upgrade(db.engine(), "0001")
    assert lines(program, 0)["database"].endswith(
        "is from an older version. Run `greenroom db upgrade`."
    )


def test_a_database_that_is_none(program: Program) -> None:
    settings().data_dir.mkdir()
    (settings().data_dir / "greenroom.db").write_text("Dear diary, " * 400)
    found = lines(program, 1)["database"]
    assert found.startswith("bad: ")
    assert "file is not a database" in found


def test_servers_that_do_not_answer(program: Program, environment: Environment) -> None:
    environment.set(
        database_url="postgresql://ada:secret@127.0.0.1:9/greenroom",
        redis_url="redis://:secret@127.0.0.1:9/0",
    )
    found = lines(program, 1)
    assert found["database"].startswith("bad: The database postgresql+psycopg://ada:***@127.0.0.1")
    assert found["queue"].startswith("bad: The queue does not answer: ")
    assert found["queue"].endswith("Start Redis or Valkey, or check GREENROOM_REDIS_URL.")
    assert "secret" not in program("doctor").everything


def test_a_file_in_the_data_folders_place(program: Program) -> None:
    settings().data_dir.write_text("")
    assert lines(program, 1)["data folder"].startswith("bad: The data folder ")


def test_a_front_end_that_was_never_built(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The same files, without the ones that are built.
    for found in data_root().iterdir():
        if found.name != "static":
            (tmp_path / found.name).symlink_to(found)
    monkeypatch.setattr("greenroom.core.paths._CHECKOUT", tmp_path)
    pages = lines(program, 1)["pages"]
    assert pages.startswith("bad: The front end is not built: ")
    assert pages.endswith("Run `make bundle`, then start again.")
    assert program("serve").told.startswith("The front end is not built: ")
