"""The files of a question, read as what they are: data that somebody else wrote.

Nothing is followed out of the folder, nothing is executed, and nothing is read that is too large.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from greenroom.bank.faults import Faults

MAX_FILE = 256 * 1024
MAX_PACKAGE = 2 * 1024 * 1024
MAX_FILES = 300
MAX_DEPTH = 4
IGNORED = frozenset(("__pycache__",))


def entries(folder: Path) -> list["os.DirEntry[str]"]:
    """Return what a folder holds by name, without hidden files and what Python leaves behind."""
    with os.scandir(folder) as found:
        kept = [entry for entry in found if not _is_ignored(entry.name)]
    return sorted(kept, key=lambda entry: entry.name)


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in IGNORED


def read_package(folder: Path, place: str, faults: Faults) -> dict[str, str]:
    """Return the text of every file below `folder` by its path; `place` names it in faults."""
    texts: dict[str, str] = {}
    size = 0
    for count, (name, path) in enumerate(_walk(folder, "", place, faults), start=1):
        if count > MAX_FILES:
            faults.add(place, f"It has more than {MAX_FILES} files. Remove some.")
            break
        text = read_text(path, f"{place}/{name}", faults)
        if text is not None:
            texts[name] = text
            size += len(text)
        if size > MAX_PACKAGE:
            faults.add(place, f"It has more than {MAX_PACKAGE // 1024} KiB. Shorten it.")
            break
    return texts


def _walk(folder: Path, inside: str, place: str, faults: Faults) -> Iterator[tuple[str, Path]]:
    for entry in entries(folder):
        name = f"{inside}{entry.name}"
        if entry.is_symlink():
            faults.add(f"{place}/{name}", "It is a symbolic link. Put the file itself there.")
        elif entry.is_dir(follow_symlinks=False):
            if name.count("/") + 1 >= MAX_DEPTH:
                faults.add(f"{place}/{name}", "It is too deep. A question has no such folder.")
            else:
                yield from _walk(Path(entry.path), f"{name}/", place, faults)
        else:
            yield name, Path(entry.path)


def read_text(path: Path, place: str, faults: Faults) -> str | None:
    """Return a file's text, or None and its fault; `place` names it in faults."""
    try:
        content = _content(path)
    except OSError as error:
        faults.add(place, f"It cannot be read: {error.strerror}.")
        return None
    if content is None:
        faults.add(place, "It is not a plain file. Remove it.")
    elif len(content) > MAX_FILE:
        faults.add(place, f"It has more than {MAX_FILE // 1024} KiB. Shorten it.")
    elif b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        faults.add(place, "It holds a NUL character. Save it as plain text.", line=line)
    else:
        return _decoded(content, place, faults)
    return None


def _content(path: Path) -> bytes | None:
    # Not to hang on a pipe, and not to follow a link that was put there a moment ago.
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(MAX_FILE + 1)


def _decoded(content: bytes, place: str, faults: Faults) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(place, "It is not UTF-8. Save it in that encoding.", line=line)
        return None
    return text.replace("\r\n", "\n")
