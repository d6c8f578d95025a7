"""The folder of an answer: its files, its working folder, its temporary files, and the way back to
how they were loaded.

Checks share no state. Processes are forked afresh; the folder is put back before every check. Files
are restored in place, because the loaded answer may hold them open, as a database connection does.

All below the root is the answer's own to rename and to link, also while it is looked at. So nothing
here goes by a path: each folder and file is opened from the one above it, and never through a link,
which could lead to the harness's own descriptors.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from greenroom_runner.harness import system

MAX_KEPT = 8 * 1024 * 1024
MAX_LEVELS = 16
"""How deep folders are looked into. What lies deeper stays as it is."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class BadFiles(ValueError):
    """The names of an answer's files are not plain relative paths."""


class Box:
    """`work` is where the answer's files lie and where it runs; `tmp` holds temporary files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / "work"
        self.tmp = root / "tmp"
        self._kept: dict[Path, tuple[bytes, int]] = {}
        self._uid = -1
        for folder in (self.work, self.tmp):
            folder.mkdir(parents=True)
        self._top = os.open(root, _FOLDER)

    def write(self, files: dict[str, str]) -> None:
        """Write the answer. A lone surrogate reaches the compiler as it was handed in, and is
        refused there.
        """
        for name, text in files.items():
            path = self.work / _relative(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))

    def give_to(self, uid: int) -> None:
        """Make everything the property of the user that the answer runs as."""
        self._uid = uid
        os.chown(self.root, uid, uid)
        for path in self.root.rglob("*"):
            os.chown(path, uid, uid)

    def keep(self) -> None:
        """Remember the files as they are now, up to a total size; a larger folder is left as it
        is.
        """
        kept: dict[Path, tuple[bytes, int]] = {}
        room = MAX_KEPT
        for path, folder, state in _below(self._top):
            if stat.S_ISREG(state.st_mode):
                with contextlib.suppress(OSError):
                    kept[path] = _read(path.name, folder, room)
                    room -= len(kept[path][0])
            if room < 0:
                kept = {}
                break
        self._kept = kept

    def restore(self) -> None:
        """Put the files back as `keep` found them."""
        if not self._kept:
            return
        for path, folder, state in _below(self._top):
            if path not in self._kept or not stat.S_ISREG(state.st_mode):
                with contextlib.suppress(OSError):
                    os.unlink(path.name, dir_fd=folder)
        for path, (content, modified) in self._kept.items():
            with contextlib.suppress(OSError), self._folder(path.parent) as folder:
                self._put_back(path.name, folder, content, modified)

    def remove(self) -> None:
        os.close(self._top)
        system.remove_tree(self.root)

    @contextlib.contextmanager
    def _folder(self, path: Path) -> Iterator[int]:
        """Open a folder below the root, one step after the other. Raises OSError at a link."""
        with contextlib.ExitStack() as opened:
            folder = self._top
            for part in path.parts:
                folder = opened.enter_context(_opened(part, folder, _FOLDER))
            yield folder

    def _put_back(self, name: str, folder: int, content: bytes, modified: int) -> None:
        with contextlib.suppress(FileExistsError), _opened(name, folder, _MAKE) as made:
            os.fchown(made, self._uid, self._uid)
        with _opened(name, folder, _WRITE) as file:
            state = os.fstat(file)
            if stat.S_ISREG(state.st_mode) and state.st_mtime_ns != modified:
                os.truncate(file, 0)
                _write(file, content)
                os.utime(file, ns=(modified, modified))


def _below(folder: int, path: Path = Path(), levels: int = MAX_LEVELS) -> Iterator["_Entry"]:
    """Yield all below an open folder that is no folder itself: its path, the descriptor of the
    folder that it lies in, and its state.
    """
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            state = os.lstat(name, dir_fd=folder)
            if not stat.S_ISDIR(state.st_mode):
                yield path / name, folder, state
            elif levels:
                with _opened(name, folder, _FOLDER) as inner:
                    yield from _below(inner, path / name, levels - 1)


_Entry = tuple[Path, int, os.stat_result]


@contextlib.contextmanager
def _opened(name: str, folder: int, flags: int) -> Iterator[int]:
    descriptor = os.open(name, flags, 0o644, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(name: str, folder: int, most: int) -> tuple[bytes, int]:
    """Return what a file holds, up to one byte more than `most`, and when it was changed."""
    with _opened(name, folder, _READ) as descriptor, open(descriptor, "rb", closefd=False) as file:
        return file.read(most + 1), os.fstat(descriptor).st_mtime_ns


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _relative(name: str) -> Path:
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts or "\0" in name:
        raise BadFiles(f"{name!r} is not a plain file name")
    return Path(*pure.parts)
