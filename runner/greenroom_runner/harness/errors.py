"""An exception of the answer, as plain data: its type, its bases, its text, and the answer's own
lines.

The exception is hostile: its `__str__` may raise, print or never be text. Frames outside the
answer's files are counted, not shown: the candidate wrote none of them.
"""

import linecache
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

MAX_MESSAGE = 4000
MAX_SHOWN = 20
MAX_LINE = 1_000_000
_MAX_NAME = 200
_MAX_SOURCE = 300

ErrorData = dict[str, Any]


def describe(problem: BaseException, kind: str, folder: str) -> ErrorData:
    """Return `problem` as data. `folder` holds the answer's files. `module` is where its type comes
    from, empty for a type that is built in or the answer's own.
    """
    problem = _only_one(problem)
    frames, outer = own_frames(problem.__traceback__, folder)
    if (place := _unreadable(problem, folder)) is not None:
        frames.append(place)
    name = type(problem)
    return {
        "kind": kind,
        "type": name.__name__[:_MAX_NAME],
        "module": "" if _is_own(name, folder) else _module(name),
        "mro": [_qualified(base) for base in name.__mro__][:MAX_SHOWN],
        "message": message_of(problem),
        "frames": frames[-MAX_SHOWN:],
        "outer_frames": outer,
    }


def plain_error(kind: str, name: str, message: str) -> ErrorData:
    """Return an error of the harness's own making, with no frames."""
    return {
        "kind": kind,
        "type": name,
        "module": "",
        "mro": [name, "Exception"],
        "message": message[:MAX_MESSAGE],
        "frames": [],
        "outer_frames": 0,
    }


def _module(kind: type) -> str:
    """Return the module of a type without its private parts, empty for what is built in."""
    name = kind.__module__
    if type(name) is not str or name == "builtins":
        return ""
    return ".".join(part for part in name.split(".") if not part.startswith("_"))[:_MAX_NAME]


def _qualified(kind: type) -> str:
    module = _module(kind)
    return f"{module}.{kind.__name__}"[:_MAX_NAME] if module else kind.__name__[:_MAX_NAME]


def _is_own(kind: type, folder: str) -> bool:
    if type(kind.__module__) is not str:
        return False
    module = sys.modules.get(kind.__module__)
    return inside(getattr(module, "__file__", None), folder) is not None


def is_unreadable(problem: BaseException, folder: str) -> bool:
    """Say whether Python could not read a file in `folder`. Whoever raises a SyntaxError has raised
    an error, as any other is.
    """
    if not isinstance(problem, SyntaxError) or inside(problem.filename, folder) is None:
        return False
    try:
        compile(Path(str(problem.filename)).read_bytes(), "", "exec", dont_inherit=True)
    except SyntaxError:
        return True
    except Exception:
        return False
    return False


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
        source = linecache.getline(frame.f_code.co_filename, line)
        shown.append(_frame(file, line, frame.f_code.co_name, source))
    return shown, outer


def inside(filename: object, folder: str) -> str | None:
    """Return the name of a file relative to `folder`, None when it lies elsewhere or is no name."""
    prefix = folder + os.sep
    if type(filename) is not str or not filename.startswith(prefix):
        return None
    return filename[len(prefix) :]


def _unreadable(problem: BaseException, folder: str) -> dict[str, Any] | None:
    """Return where Python stopped reading, as a frame of no function: no frame of its own does."""
    if not isinstance(problem, SyntaxError):
        return None
    file, line = inside(problem.filename, folder), problem.lineno
    if file is None or type(line) is not int or not 0 < line <= MAX_LINE:
        return None
    return _frame(file, line, "", linecache.getline(folder + os.sep + file, line))


def _frame(file: str, line: int, function: str, source: str) -> dict[str, Any]:
    source = source.strip()[:_MAX_SOURCE]
    return {"file": file, "line": line, "function": function, "source": source}


def _only_one(problem: BaseException) -> BaseException:
    """Look through task groups that hold one exception: the group is not what the candidate
    raised.
    """
    while isinstance(problem, BaseExceptionGroup) and len(problem.exceptions) == 1:
        problem = problem.exceptions[0]
    return problem
