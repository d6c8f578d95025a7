"""The folder of an answer: its files, its working folder, its temporary files, and the way back to
how they were loaded.

Checks share no state. Processes are forked afresh; the folder is put back before every check. Files
are restored in place, because the loaded answer may hold them open, as a database connection does.
"""

import contextlib
import os
import shutil
from pathlib import Path, PurePosixPath

MAX_KEPT = 8 * 1024 * 1024


class BadFiles(ValueError):
    """The names of an answer's files are not plain relative paths."""


class Box:
    """`work` is where the answer's files lie and where it runs; `tmp` holds temporary files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / "work"
        self.tmp = root / "tmp"
        self._kept: dict[Path, tuple[bytes, int]] = {}
        for folder in (self.work, self.tmp):
            folder.mkdir(parents=True)

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
        os.chown(self.root, uid, uid)
        for path in self.root.rglob("*"):
            os.chown(path, uid, uid)

    def keep(self) -> None:
        """Remember the files as they are now, up to a total size; a larger folder is left as it
        is.
        """
        kept: dict[Path, tuple[bytes, int]] = {}
        room = MAX_KEPT
        for path in self._files():
            room -= path.stat().st_size
            if room < 0:
                kept = {}
                break
            kept[path] = (path.read_bytes(), path.stat().st_mtime_ns)
        self._kept = kept

    def restore(self) -> None:
        """Put the files back as `keep` found them."""
        if not self._kept:
            return
        for path in self._files():
            with contextlib.suppress(OSError):
                if path not in self._kept:
                    path.unlink()
        for path, (content, modified) in self._kept.items():
            with contextlib.suppress(OSError):
                if not path.exists() or path.stat().st_mtime_ns != modified:
                    path.write_bytes(content)
                    os.utime(path, ns=(modified, modified))

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _files(self) -> list[Path]:
        """Return all regular files. Never follows a link: the answer made them."""
        found = []
        for folder, _, names in os.walk(self.root, followlinks=False):
            paths = (Path(folder, name) for name in names)
            found += [path for path in paths if path.is_file() and not path.is_symlink()]
        return found


def _relative(name: str) -> Path:
    pure = PurePosixPath(name)
    if not name or pure.is_absolute() or ".." in pure.parts or "\0" in name:
        raise BadFiles(f"{name!r} is not a plain file name")
    return Path(*pure.parts)
