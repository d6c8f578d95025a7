"""An exception of the answer, as plain data: its type, its bases, its text, and the answer's own
lines.

The exception is hostile: its `__str__` may raise, print or never be text. Frames outside the
answer's files are counted, not shown: the candidate wrote none of them.
"""

import linecache
import os
import traceback
from types import TracebackType
from typing import Any

MAX_MESSAGE = 4000
MAX_SHOWN = 20

ErrorData = dict[str, Any]


def describe(problem: BaseException, kind: str, folder: str) -> ErrorData:
    """Return `problem` as data. `folder` holds the answer's files."""
    problem = _only_one(problem)
    frames, outer = own_frames(problem.__traceback__, folder)
    return {
        "kind": kind,
        "type": type(problem).__name__[:200],
        "mro": [base.__name__[:200] for base in type(problem).__mro__][:20],
        "message": message_of(problem),
        "line": _line(problem, frames, folder),
        "frames": frames[-MAX_SHOWN:],
        "outer_frames": outer,
    }


def plain_error(kind: str, name: str, message: str) -> ErrorData:
    """Return an error of the harness's own making, with no frames."""
    return {
        "kind": kind,
        "type": name,
        "mro": [name, "Exception"],
        "message": message[:MAX_MESSAGE],
        "line": None,
        "frames": [],
        "outer_frames": 0,
    }


def message_of(problem: BaseException) -> str:
    try:
        text = problem.msg if isinstance(problem, SyntaxError) else str(problem)
        return text[:MAX_MESSAGE] if type(text) is str else ""
    except BaseException:
        return "(its text cannot be shown)"


def own_frames(trace: TracebackType | None, folder: str) -> tuple[list[dict[str, Any]], int]:
    """Return the frames of files in `folder`, outermost first, and how many others there were."""
    shown: list[dict[str, Any]] = []
    outer = 0
    for frame, line in traceback.walk_tb(trace):
        file = inside(frame.f_code.co_filename, folder)
        if file is None:
            outer += 1
            continue
        source = linecache.getline(frame.f_code.co_filename, line).strip()[:300]
        shown.append(
            {"file": file, "line": line, "function": frame.f_code.co_name, "source": source}
        )
    return shown, outer


def inside(filename: str | None, folder: str) -> str | None:
    """Return the name of a file relative to `folder`, None when it lies elsewhere."""
    prefix = folder + os.sep
    return filename[len(prefix) :] if filename and filename.startswith(prefix) else None


def _line(problem: BaseException, frames: list[dict[str, Any]], folder: str) -> int | None:
    if isinstance(problem, SyntaxError) and inside(problem.filename, folder) is not None:
        return problem.lineno
    return frames[-1]["line"] if frames else None


def _only_one(problem: BaseException) -> BaseException:
    """Look through task groups that hold one exception: the group is not what the candidate
    raised.
    """
    while isinstance(problem, BaseExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
