"""The program's own words: what `--help` shows, and what it says to a command that is none."""

import pytest

from greenroom.cli import COMMANDS
from tests.support.program import Program

GROUPS = {
    "db": ("upgrade",),
    "bank": ("check", "import", "load"),
    "judgements": ("list", "rejudge"),
    "images": ("build", "list"),
    "users": ("add",),
}
EVERY = [
    *((name,) for name in COMMANDS),
    *((group, name) for group, names in GROUPS.items() for name in names),
]


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_each_command_says_what_it_does(command: tuple[str, ...], program: Program) -> None:
    ended = program(*command, "--help")
    assert ended.status == 0
    assert ended.told == ""
    usage, _, rest = ended.out.strip().partition("\n")
    assert f"{' '.join(command)} [OPTIONS]" in usage
    purpose = next(line.strip() for line in rest.splitlines() if line.strip())
    assert purpose[0].isupper()
    assert "completion" not in ended.out, "only the program as a whole installs completions"


def test_the_program_lists_its_commands(program: Program) -> None:
    ended = program("--help")
    assert ended.status == 0
    for name in COMMANDS:
        assert f" {name} " in ended.out


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands(group: str, program: Program) -> None:
    listed = program(group, "--help").out
    assert all(f" {name} " in listed for name in GROUPS[group])


@pytest.mark.parametrize("command", ["fly", "db fly", "bank fly", "images fly", "users fly"])
def test_a_command_that_there_is_not(command: str, program: Program) -> None:
    ended = program(*command.split())
    assert ended.status == 2
    assert "No such command 'fly'" in ended.told
    assert "--help" in ended.told


def test_an_option_that_there_is_not(program: Program) -> None:
    ended = program("serve", "--fly")
    assert ended.status == 2
    assert "No such option: --fly" in ended.told


def test_a_port_that_is_no_number(program: Program) -> None:
    ended = program("serve", "--port", "eighty")
    assert ended.status == 2
    assert "Invalid value for '--port'" in ended.told
