"""The answer's folder is put back as it was, and never through what the answer put in its way."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom_runner.harness.box import BadFiles, Box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path / "box")
    box.write({"answer.py": "print()", "data/names.txt": "Ada"})
    box.keep()
    yield box
    box.remove()
    assert not box.root.exists()


def test_what_was_changed_added_or_removed_is_put_back(box: Box) -> None:
    (box.work / "answer.py").write_text("changed")
    (box.work / "data" / "names.txt").unlink()
    (box.tmp / "new").write_text("added")
    box.restore()
    assert (box.work / "answer.py").read_text() == "print()"
    assert (box.work / "data" / "names.txt").read_text() == "Ada"
    assert list(box.tmp.iterdir()) == []


def test_a_file_that_is_held_open_is_restored_in_place(box: Box) -> None:
    with (box.work / "answer.py").open("r+") as held:
        held.write("other")
        held.flush()
        box.restore()
        held.seek(0)
        assert held.read() == "print()"


def test_what_has_not_changed_is_not_written(box: Box) -> None:
    file = box.work / "answer.py"
    before = file.stat()
    box.restore()
    assert file.stat().st_ctime_ns == before.st_ctime_ns


def test_a_larger_folder_is_left_as_it_is(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenroom_runner.harness.box.MAX_KEPT", 5)
    box.keep()
    (box.work / "answer.py").write_text("changed")
    box.restore()
    assert (box.work / "answer.py").read_text() == "changed"


@pytest.mark.parametrize("kind", ["link", "pipe", "linked folder", "moved folder"])
def test_nothing_outside_is_read_or_written(box: Box, tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    secret = outside / "names.txt"
    secret.write_text("secret")
    data = box.work / "data"
    (data / "names.txt").unlink()
    match kind:
        case "link":
            (data / "names.txt").symlink_to(secret)
        case "pipe":
            os.mkfifo(data / "names.txt")
        case "linked folder":
            data.rmdir()
            data.symlink_to(outside)
        case _:
            box.work.rename(tmp_path / "elsewhere")
            box.work.symlink_to(outside)
            (outside / "data").symlink_to(outside)
    box.restore()
    assert secret.read_text() == "secret"
    assert sorted(path.name for path in outside.iterdir()) in (
        ["names.txt"],
        ["data", "names.txt"],
    )


def test_a_link_is_replaced_by_the_file_that_was_there(box: Box, tmp_path: Path) -> None:
    file = box.work / "data" / "names.txt"
    file.unlink()
    file.symlink_to(tmp_path / "nowhere")
    box.restore()
    assert not file.is_symlink()
    assert file.read_text() == "Ada"


def test_a_link_is_never_kept(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = box.work / "link"
    link.symlink_to(secret)
    box.keep()
    link.unlink()
    box.restore()
    assert not link.exists()


def test_folders_without_end_are_looked_into_only_so_far(box: Box) -> None:
    folder = os.open(box.work, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("x", dir_fd=folder)
        inner = os.open("x", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    box.keep()
    (box.work / "answer.py").write_text("changed")
    box.restore()
    assert (box.work / "answer.py").read_text() == "print()"


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../answer.py", "a/../../b", "a\0b"])
def test_refuses_names_that_lead_elsewhere(box: Box, name: str) -> None:
    with pytest.raises(BadFiles):
        box.write({name: ""})


def test_a_lone_surrogate_is_written_for_the_compiler_to_refuse(box: Box) -> None:
    box.write({"answer.py": "x = '\ud800'"})
    assert (box.work / "answer.py").read_bytes() == b"x = '\xed\xa0\x80'"
