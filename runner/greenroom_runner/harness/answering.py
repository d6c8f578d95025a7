"""The process of the answer: imports it, then forks one process for every check.

Everything from here on shares its memory with hostile code. What it writes is only ever an
observation: the supervisor above it and the judge elsewhere take nothing else from it.
"""

import contextlib
import gc
import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

from greenroom_runner.harness.doors import Doors
from greenroom_runner.harness.errors import ErrorData, describe
from greenroom_runner.harness.frames import BadFrame, Frame, pack
from greenroom_runner.harness.port import Port

OUT_OF_MEMORY = 77
"""The exit status by which a process says that it met a MemoryError."""


def answer(port: Port, folder: str, main: str) -> None:
    """Load the answer in `folder`, say so, and serve one check after the other. Ends with the
    port.
    """
    started = time.perf_counter()
    module, error = _load(Path(folder, main))
    port.send({"t": "loaded", "ms": _since(started), "error": error})
    gc.freeze()
    while port.receive() is not None:
        _one_check(port, module, folder)


def _load(path: Path) -> tuple[ModuleType | None, ErrorData | None]:
    if path.suffix != ".py":
        return None, None
    folder = str(path.parent)
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as problem:
        return None, describe(problem, "syntax", folder)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None:
        raise RuntimeError("no loader for a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, folder)
    try:
        exec(code, module.__dict__)  # noqa: S102 - running the answer is what this process is for
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as problem:
        return None, describe(problem, "load", folder)
    return module, None


def _one_check(port: Port, module: ModuleType | None, folder: str) -> None:
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        _serve(port, Doors(module, folder))
    _, status, usage = os.wait4(child, 0)
    port.send(
        {
            "t": "exited",
            "code": os.waitstatus_to_exitcode(status),
            "ms": _since(started),
            "cpu_ms": round((usage.ru_utime + usage.ru_stime) * 1000, 3),
            "peak_kib": usage.ru_maxrss,
        }
    )


def _serve(port: Port, doors: Doors) -> None:
    """Perform what arrives until the check's end, then leave without running anything else of the
    answer.
    """
    status = 1
    try:
        doors.prepare()
        while True:
            doors.wait(port.reader)
            frame = port.receive()
            if frame is None:
                break
            if frame["t"] == "end":
                with contextlib.suppress(Exception):
                    doors.close()
                port.send({"t": "bye", "raised": doors.raised})
                break
            port.send_packed(_replied(doors, frame))
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        _flush()
        os._exit(status)


def _replied(doors: Doors, op: Frame) -> bytes:
    """Return the reply to an operation as it travels: what is too long becomes a sentence."""
    reply = doors.perform(op)
    try:
        return pack(reply)
    except BadFrame:
        return pack(doors.no_value(op, "it is too large"))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
