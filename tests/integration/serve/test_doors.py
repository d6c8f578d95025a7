"""Where `greenroom serve` cannot start it says why in one sentence, and leaves nothing running."""

import os
import resource
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bank_folder import write_bank
from tests.support.environment import Environment
from tests.support.program import Program
from tests.support.serving import PROGRAM, free_port, own_environment

ELSEWHERE = "or set GREENROOM_DATA_DIR to another folder.\n"


@pytest.fixture(autouse=True)
def light(tmp_path: Path, environment: Environment) -> None:
    """A small bank and no containers: none of these sites is to come so far."""
    bank = write_bank(tmp_path / "bank")
    environment.set(port=str(free_port()), sandbox="local", question_bank=str(bank))


def refused(program: Program) -> str:
    """Start the site, which must refuse; return the one line that it told."""
    ended = program("serve")
    assert ended.status == 1, ended.everything
    assert len(ended.told.splitlines()) == 1
    assert "ready" not in ended.out
    return ended.told


def test_a_port_that_is_taken(program: Program, environment: Environment, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment.set(port=str(port))
        told = refused(program)
    assert told.startswith(f"Port {port} on 127.0.0.1 is taken. Try: greenroom serve --port ")
    free = int(told.split()[-1])
    with socket.create_server(("127.0.0.1", free)):
        pass  # what it proposes can be had
    assert not (tmp_path / "data").exists()


def test_an_address_of_another_machine(program: Program, environment: Environment) -> None:
    environment.set(host="192.0.2.1", mode="multi-user", sandbox="auto")
    told = "192.0.2.1 is no address of this machine. Set GREENROOM_HOST to one that is.\n"
    assert refused(program) == told


def test_a_name_that_nobody_has(program: Program, environment: Environment) -> None:
    environment.set(host="nowhere.invalid", mode="multi-user", sandbox="auto")
    assert refused(program).startswith("The name nowhere.invalid cannot be found. Set GREENROOM_")


def test_a_queue_that_does_not_answer(program: Program, environment: Environment) -> None:
    environment.set(redis_url="redis://:secret@127.0.0.1:9/0")
    told = refused(program)
    assert told.startswith("The queue does not answer: Error 111 connecting to 127.0.0.1:9.")
    assert told.endswith("Start Redis or Valkey, or check GREENROOM_REDIS_URL.\n")
    assert "secret" not in told


@pytest.mark.parametrize("place", ["", "below"])
def test_a_file_in_the_data_folders_place(
    place: str, program: Program, environment: Environment, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("dear")
    folder = tmp_path / "file" / place
    environment.set(data_dir=str(folder))
    told = refused(program)
    assert told.startswith(f"The data folder {folder} cannot be written: ")
    assert told.endswith(f"Make it writable, {ELSEWHERE}")
    assert (tmp_path / "file").read_text() == "dear"


@pytest.mark.parametrize("name", ["run", "logs"])
def test_a_file_where_a_folder_must_be(name: str, program: Program, tmp_path: Path) -> None:
    # Beside it a short path: only then the sockets are in the data folder.
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("dear")
    told = refused(program)
    assert told == (
        f"{tmp_path / 'data' / name} cannot be used: File exists. Move it away, {ELSEWHERE}"
    )


def test_a_data_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o500)
    told = started(folder, without="dac_override,-dac_read_search")
    assert told == (
        f"The data folder {folder} cannot be written: Permission denied. "
        f"Make it writable, {ELSEWHERE}"
    )
    assert list(folder.iterdir()) == []


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    def take_nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    told = started(tmp_path / "full", prepare=take_nothing)
    assert told.startswith(f"The data folder {tmp_path / 'full'} cannot be written: ")
    assert told.endswith(ELSEWHERE)


def test_a_port_for_the_system_alone(tmp_path: Path) -> None:
    told = started(tmp_path / "data", "--port", "80", without="net_bind_service")
    assert told == "Port 80 is reserved for the system. Try: greenroom serve --port 8000\n"
    assert not (tmp_path / "data").exists()


def started(
    data_dir: Path,
    *options: str,
    without: str = "",
    prepare: Callable[[], None] | None = None,
) -> str:
    """Start the program by itself, as root without these capabilities; return what it told."""
    drop = ("setpriv", f"--bounding-set=-{without}") if without and os.geteuid() == 0 else ()
    done = subprocess.run(
        [*drop, *PROGRAM, "serve", "--port", str(free_port()), *options],
        env=own_environment(data_dir, {"GREENROOM_SANDBOX": "local"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=prepare,
    )
    assert done.returncode == 1, done.stderr
    return done.stderr
