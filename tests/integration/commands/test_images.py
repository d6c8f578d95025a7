"""`greenroom images` on the real engine: what is listed, and what is said when nothing is built."""

from pathlib import Path

from tests.support.program import Program


def test_the_image_of_this_version_is_listed(program: Program) -> None:
    built = program("images", "build")
    assert built.status == 0, built.told
    assert built.out.startswith("greenroom-sandbox:")
    assert built.out.endswith(" MB  this version\n")
    assert built.out in program("images", "list").out


def test_a_base_that_there_is_not(program: Program) -> None:
    ended = program("images", "build", "--base", "greenroom-nowhere:none")
    assert ended.status == 1
    assert ended.told.splitlines()[-1] == (
        "There is no image greenroom-nowhere:none and it cannot be pulled. "
        "Load it (docker load) or name another with --base."
    )


def test_a_base_that_is_no_name(program: Program) -> None:
    ended = program("images", "build", "--base", "Not A Name")
    assert ended.status == 1
    assert "invalid reference format" in ended.told


def test_a_folder_of_wheels_that_there_is_not(program: Program, tmp_path: Path) -> None:
    ended = program("images", "build", "--wheels", str(tmp_path / "none"))
    assert (ended.status, ended.told) == (1, f"There is no folder {tmp_path / 'none'}.\n")
