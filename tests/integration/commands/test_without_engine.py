"""The commands where no container engine answers: what they say, and what still works."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment import Environment
from tests.support.program import Ended, Program

AWAY = "No container engine answers. Start Docker, or set DOCKER_HOST to where it runs."


@pytest.fixture(autouse=True, params=["no socket", "nobody listens", "no address"])
def no_engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """Point at an engine that is not there, in each of the ways in which one can be away."""
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        places = {
            "no socket": "unix:///nowhere/docker.sock",
            "nobody listens": f"unix://{tmp_path / 'deaf.sock'}",
            "no address": "nonsense",
        }
        monkeypatch.setenv("DOCKER_HOST", places[request.param])
        yield


@pytest.mark.parametrize("command", ["list", "build"])
def test_images(command: str, program: Program) -> None:
    ended = program("images", command)
    assert (ended.status, ended.out, ended.told) == (1, "", f"{AWAY}\n")


def test_the_bank_cannot_be_proved_where_containers_are_wanted(program: Program) -> None:
    ended = program("bank", "check", "--only", "full-name-hybrid", "--sandbox", "docker")
    assert ended.status == 1
    assert ended.told == f"{AWAY}\n"


def test_many_people_are_refused(program: Program, environment: Environment) -> None:
    environment.set(mode="multi-user")
    assert_refused(program("serve"), AWAY)


def test_many_people_and_local_processes_are_refused(
    program: Program, environment: Environment
) -> None:
    environment.set(mode="multi-user", sandbox="local")
    assert_refused(program("serve"), "GREENROOM_SANDBOX is local.")


def assert_refused(ended: Ended, reason: str) -> None:
    assert ended.status == 1
    assert ended.told == (
        f"{reason} In multi-user mode answers run in containers only; on a machine of your own, "
        "GREENROOM_MODE=single-user does without.\n"
    )


def test_doctor_only_notes_it_for_one_person(program: Program) -> None:
    ended = program("doctor")
    assert f"note container engine  {AWAY}" in ended.out
    assert ended.status == 0


@pytest.mark.parametrize("setting", [{"mode": "multi-user"}, {"sandbox": "docker"}])
def test_doctor_finds_it_bad_where_it_must_be_there(
    setting: dict[str, str], program: Program, environment: Environment
) -> None:
    environment.set(**setting)
    ended = program("doctor")
    assert f"bad  container engine  {AWAY}" in ended.out
    assert ended.status == 1
