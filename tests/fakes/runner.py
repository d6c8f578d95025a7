"""A runner agent without an engine: the real line protocol on a real socket, judging by a script.

tests/integration/judging/test_fake_runner.py holds it against the real client and the real agent's
own words.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from greenroom_runner.caller import Caller
from greenroom_runner.events import (
    Begin,
    Check,
    Event,
    Finished,
    Frame,
    Plan,
    PlannedCheck,
    Status,
    Usage,
)
from greenroom_runner.listening import listening
from greenroom_runner.request import RunRequest
from greenroom_runner.status import RunnerStatus
from greenroom_runner.wire import LineReader
from tests.factories.bank import CHECKS

PATIENCE = 20
Script = Callable[[RunRequest], Iterator[Event]]
_MESSAGE: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
USAGE = Usage(start_ms=1, load_ms=2, checks_ms=3, wall_ms=6, cpu_ms=4, peak_memory_kib=30_000)


class RefusedError(Exception):
    """Raised by a script: no judgement takes place, for the reason given."""


class LostError(Exception):
    """Raised by a script: the agent is gone in the middle of a judgement."""


def planned(request: RunRequest) -> list[PlannedCheck]:
    """Return the plan for a question of tests/factories: of a run, only what is visible."""
    checks = [PlannedCheck.model_validate(check) for check in CHECKS]
    return [each for each in checks if request.mode == "submit" or each.visibility == "visible"]


def honest(request: RunRequest) -> Iterator[Event]:
    """Judge as the real one would: an answer that adds passes, everything else is wrong."""
    right = "left + right" in request.files["answer.py"]
    yield Status(phase="queued", position=0)
    yield Status(phase="starting")
    yield Status(phase="loading")
    yield Plan(checks=planned(request))
    yield Status(phase="checking")
    for each in planned(request):
        yield Begin(id=each.id)
        yield result(each.id, right)
    yield Finished(outcome="completed", usage=USAGE, image_digest="sha256:fake")


def result(check_id: str, right: bool) -> Check:
    """Return a check's end; even of a hidden one it says everything, as a careless runner would."""
    if right:
        return Check(
            id=check_id,
            status="passed",
            ms=1.5,
            cpu_ms=1.25,
            peak_memory_kib=30_000,
            output="said\n",
            hint="A hint.",
        )
    return Check(
        id=check_id,
        status="failed",
        ms=2.5,
        cpu_ms=1.25,
        peak_memory_kib=30_000,
        seed=7,
        message="It does not add up.",
        hint="A hint.",
        expected="5",
        actual="None",
        diff="-5\n+None",
        output="said\n",
        traceback=[Frame(file="answer.py", line=2, function="add", source="pass")],
    )


class Gate:
    """Lets a script's events pass one by one, so that a test decides what is between them."""

    def __init__(self, script: Script = honest) -> None:
        """Hold `script`."""
        self._script = script
        self._free = threading.Semaphore(0)
        self.reached = threading.Semaphore(0)

    def __call__(self, request: RunRequest) -> Iterator[Event]:
        """Judge, waiting before each event."""
        for event in self._script(request):
            self.reached.release()
            if not self._free.acquire(timeout=PATIENCE):
                raise LostError
            yield event

    def let(self, events: int = 1) -> None:
        """Let so many events pass."""
        self._free.release(events)

    def open(self) -> None:
        """Let everything pass."""
        self._free.release(10_000)


class FakeRunner:
    """Listens at `url` and judges by `script`, which a test may change at any time."""

    def __init__(self, url: str, script: Script = honest) -> None:
        """Prepare to listen."""
        self.url = url
        self.script = script
        self.requests: list[RunRequest] = []
        self.callers: list[Caller] = []
        self._open = contextlib.ExitStack()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        listener = self._open.enter_context(listening(self.url))
        accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        accepting.start()
        self._open.callback(accepting.join)
        self._open.callback(listener.shutdown, socket.SHUT_RDWR)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def await_end(self) -> None:
        """Wait until all that was asked for is told, or given up."""
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a judgement goes on"

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            caller = Caller(connection)
            message = _MESSAGE.validate_json(LineReader(connection).next() or b"{}")
            if message.get("op") == "status":
                caller.emit(RunnerStatus(engine="fake", state="ready"))
                return
            request = RunRequest.model_validate(message["request"])
            self.callers.append(caller)
            self.requests.append(request)
            with caller.watched():
                self._judge(request, caller)

    def _judge(self, request: RunRequest, caller: Caller) -> None:
        try:
            for event in self.script(request):
                caller.emit(event)
                if caller.gone.is_set():
                    return
        except RefusedError as refusal:
            caller.refuse("engine", str(refusal))
        except LostError:
            caller.leave()
