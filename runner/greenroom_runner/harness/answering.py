"""The process of the answer: imports it, then serves its checks, each in a process forked for it,
or all by itself where they share one.

Everything from here on shares its memory with hostile code. What it writes is only ever an
observation: the supervisor above it and the judge elsewhere take nothing else from it.
"""

import contextlib
import gc
import importlib
import importlib.util
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from greenroom_runner.harness import pools, profiles
from greenroom_runner.harness.doors import Doors, Tests
from greenroom_runner.harness.errors import ErrorData, describe, is_unreadable
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.port import Port

OUT_OF_MEMORY = 77
"""The exit status by which a process says that it met a MemoryError."""


def answer(port: Port, folder: str, main: str, *, fresh: bool, suite: Sequence[str] = ()) -> None:
    """Load the answer in `folder`, say so, and serve one check after the other. Ends with the
    port. `fresh`: no check meets what another one left. `suite` names the files of an open suite,
    which lie beside the answer and are collected when it is loaded.
    """
    started = time.perf_counter()
    module, error = load(Path(folder, main), folder)

    def serve(tests: Tests | None) -> None:
        if tests is not None and tests.out_of_memory:
            os._exit(OUT_OF_MEMORY)
        port.send({"t": "loaded", "ms": _since(started), "error": error})
        if fresh:
            pools.close()
            gc.freeze()
        doors = Doors(module, folder, tests)
        one_check = _apart if fresh else _together
        while port.receive() is not None:
            one_check(port, doors)

    if suite and error is None:
        importlib.import_module(profiles.SUITE_MODULE).collect(folder, suite, serve)
    else:
        serve(None)


def load(path: Path, folder: str) -> tuple[ModuleType | None, ErrorData | None]:
    """Import the file of an answer: its module, or what is wrong with it."""
    if path.suffix != ".py":
        return None, None
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as problem:
        return None, describe(problem, "syntax", folder)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None:
        raise RuntimeError("no loader for a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    try:
        exec(code, module.__dict__)  # noqa: S102 - running the answer is what this process is for
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as problem:
        kind = "syntax" if is_unreadable(problem, folder) else "load"
        return None, describe(problem, kind, folder)
    return module, None


def _apart(port: Port, doors: Doors) -> None:
    """Serve a check in a process of its own."""
    child = os.fork()
    if child == 0:
        _serve(port, doors)
        _leave(0)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    port.send(_exited(code, usage.ru_utime + usage.ru_stime, usage.ru_maxrss))


def _together(port: Port, doors: Doors) -> None:
    """Serve a check in this process, which the next one will meet."""
    before = time.process_time()
    _serve(port, doors)
    _flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    port.send(_exited(0, time.process_time() - before, peak))


def _exited(code: int, cpu_seconds: float, peak_kib: int) -> Frame:
    cpu_ms = round(cpu_seconds * 1000, 3)
    return {"t": "exited", "code": code, "cpu_ms": cpu_ms, "peak_kib": peak_kib}


def _serve(port: Port, doors: Doors) -> None:
    """Perform what arrives until the check's end. Where that cannot go on, the process ends and
    its status says why.
    """
    try:
        doors.prepare()
        while True:
            frame = doors.next(port)
            if frame is None:
                _leave(0)
            if frame["t"] == "end":
                raised = doors.close()
                port.send({"t": "bye", "raised": raised})
                return
            port.send_packed(doors.perform(frame))
    except MemoryError:
        _leave(OUT_OF_MEMORY)
    except BaseException:
        _leave(1)


def _leave(status: int) -> NoReturn:
    """End the process without running anything else of the answer."""
    _flush()
    os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
