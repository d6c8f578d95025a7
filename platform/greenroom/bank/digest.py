"""Digests: what a package says, what decides a verdict, and whether a folder was touched at all."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

RENDERING = 1
"""Raised when the same files come out as other HTML, so that everything is stored anew."""


def package_digest(files: Mapping[str, str]) -> str:
    """Return the digest of a package's files, by path and content."""
    return _of([RENDERING, sorted(files.items())])


def grading_digest(
    grader: str | None, suite: Mapping[str, str] | None, settings: Mapping[str, Any]
) -> str:
    """Return the digest of what decides a verdict: the grader, or the suite that stands in its
    place, and under what it runs.
    """
    judges = grader if suite is None else sorted(suite.items())
    return _of([judges, sorted(settings.items())])


def measured_digest(grading: str, reference: Mapping[str, str]) -> str:
    """Return the digest of what a question's strength was measured with."""
    return _of([grading, sorted(reference.items())])


def _of(value: object) -> str:
    packed = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def folder_stamp(folder: Path) -> str:
    """Return a stamp that changes when a file below `folder` is written, added or removed.

    It looks at names, sizes and times only, so that a start with an unchanged bank is quick.
    """
    stamp = hashlib.sha256(f"{version('greenroom')}\0{RENDERING}\0{folder.resolve()}".encode())
    for line in sorted(_stamps(folder)):
        stamp.update(line.encode("utf-8", "surrogateescape"))
    return stamp.hexdigest()


def _stamps(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _stamps(Path(entry.path))
            else:
                found = entry.stat(follow_symlinks=False)
                yield f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\n"
