"""The first process of a candidate sandbox: it starts the answer, listens, and counts. It runs no
line of the answer.

It talks to the agent on one side and to the answer's processes on the other, drains what they
print, and says when they are gone. Whatever the answer's side writes is checked here for form, and
means nothing but an observation.
"""

import os
import select
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from greenroom_runner.harness import system
from greenroom_runner.harness.answering import OUT_OF_MEMORY, answer
from greenroom_runner.harness.box import Box
from greenroom_runner.harness.confining import Confinement, confine
from greenroom_runner.harness.frames import BadFrame, Frame, Splitter, pack, parse
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.group import Services
from greenroom_runner.harness.services.protocol import ServiceError

_CHUNK = 64 * 1024
_STACK = 1024 * 1024
_OUTPUT_KIB = 64
_OUT_OF_TURN = "The answer's process spoke out of turn."
_UNREADABLE = "The answer's process wrote something that cannot be read."


class Died(Exception):
    """The answer's process is gone, or must go.

    `forged`: it wrote what the harness never writes.
    """

    def __init__(self, reason: str, detail: str, *, forged: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.forged = forged


@dataclass(frozen=True)
class Job:
    """The file to load, the files of the tests beside it, and what it may use."""

    main: str
    fresh: bool
    suite: tuple[str, ...]
    memory_mib: int
    disk_mib: int
    output_kib: int
    pids: int
    total_seconds: float

    @classmethod
    def of(cls, frame: Frame) -> "Job":
        limits = frame["limits"]
        return cls(
            main=frame["main"],
            fresh=frame["fresh"],
            suite=tuple(frame["suite"]),
            memory_mib=limits["memory_mib"],
            disk_mib=limits["disk_mib"],
            output_kib=limits["output_kib"],
            pids=limits["pids"],
            total_seconds=limits["total_seconds"],
        )


class Supervisor:
    """One answer's life, from its job to the end of the agent's input."""

    def __init__(self, agent: Port, box: Box, services: Services, uid: int | None) -> None:
        self._agent = agent
        self._box = box
        self._services = services
        self._uid = uid
        self._oom_kills = system.oom_kills() or 0
        self._output = bytearray()
        self._output_kib = _OUTPUT_KIB
        self._answer = 0
        self._socket: socket.socket
        self._splitter: Splitter
        self._capture = -1
        self._job: Frame = {}
        self._fresh = True
        self._ended_by_itself = False
        self._heard: deque[Frame] = deque()
        """What the agent said while the answer was waited for."""
        self._lost: Died | None = None
        """Why there is no process for the next check."""

    def start(self, prepare: Callable[[], object]) -> None:
        """Fork the answer's process ahead of its job. It calls `prepare` at once."""
        here, there = socket.socketpair()
        self._capture, printing = os.pipe()
        threading.stack_size(_STACK)
        self._answer = os.fork()
        if self._answer == 0:
            self._become_answer(there, printing, prepare)
        there.close()
        os.close(printing)
        self._socket, self._splitter = here, Splitter()
        os.set_blocking(self._capture, False)
        self._hear("prepared")
        self._printed()

    def run(self, job: Frame) -> None:
        """Hand the job on, whose files are written, and serve the agent until it says no more."""
        self._job = {**job, "files": {}, "suite": list(job["suite"])}
        self._fresh = Job.of(job).fresh
        self._output_kib = Job.of(job).output_kib
        try:
            loaded = {**self._load(), **self._printed()}
            self._keep_services(loaded=loaded.get("error") is None)
            self._pass_on(loaded)
            self._box.keep()
        except Died as death:
            self._bury(death)
        self._begin_ahead()
        while (frame := self._next()) is not None:
            if frame["t"] == "begin":
                self._check()
                self._begin_ahead()

    def _load(self) -> Frame:
        self._tell(self._job)
        return self._hear("loaded")

    def _keep_services(self, *, loaded: bool) -> None:
        """Have every check meet what loading left, without its connections. A process that all
        checks share keeps these; where it is loaded again, that is beside services like new.

        A service that fails from now on was brought down by the answer.
        """
        try:
            if self._fresh:
                self._services.keep()
            if loaded:
                self._services.accompany(self._confinement(Job.of(self._job)))
        except ServiceError as problem:
            raise Died("exit", str(problem)) from None

    def _put_back(self) -> None:
        self._box.restore()
        try:
            self._services.reset()
        except ServiceError as problem:
            raise Died("exit", str(problem)) from None

    def _begin_ahead(self) -> None:
        """Have a process ready before the next check begins: forking takes its time, and so does
        an event loop.
        """
        self._lost = None
        try:
            if self._fresh:
                self._put_back()
            elif self._ended_by_itself:
                self._load_again()
            self._tell({"t": "begin"})
        except Died as death:
            self._lost = death

    def _load_again(self) -> None:
        """Replace the process that all checks share: the one that it ended in has paid for it. It
        imports what it needs then: this costs a check some of its time, and is rare.
        """
        self._ended_by_itself = False
        self._put_back()
        self._socket.close()
        if self._capture >= 0:
            os.close(self._capture)
        self.start(lambda: None)
        self._load()
        self._printed()

    def _check(self) -> None:
        """Relay one check: operations in, replies out, until its end."""
        try:
            if self._lost is not None:
                raise self._lost
            while (frame := self._next()) is not None:
                if frame.get("op") == "service":
                    self._agent.send_packed(self._services.reply(frame))
                    continue
                self._tell(frame)
                if frame["t"] == "end":
                    return self._end()
                reply = self._hear("reply")
                if reply.get("n") != frame["n"]:
                    raise _forged(_OUT_OF_TURN)
                self._pass_on(reply)
        except Died as death:
            self._bury(death)
            self._ended_by_itself = death.reason == "exit" and not death.forged
            self._await_end()

    def _end(self) -> None:
        raised = self._hear("bye").get("raised")
        used = self._hear("exited")
        if not isinstance(used.get("code"), int):
            raise _forged(_UNREADABLE)
        self._pass_on(
            {
                "t": "ended",
                "cpu_ms": used.get("cpu_ms"),
                "peak_kib": used.get("peak_kib"),
                "raised": raised,
                **self._printed(),
            }
        )

    def _await_end(self) -> None:
        """After a death within a check, the agent still ends it: there is nothing left to say but
        that.
        """
        while (frame := self._next()) is not None:
            if frame["t"] == "end":
                nothing = {"output": "", "cut": False, "cpu_ms": None, "peak_kib": None}
                self._agent.send({"t": "ended", "raised": None, **nothing})
                return

    def _bury(self, death: Died) -> None:
        """Say that the answer's process died. The loaded answer stays, if only a check's process
        died of itself. Whoever forged one frame may have left more of them on the way.
        """
        if death.forged or death.reason != "exit":
            self._kill_answer()
        self._agent.send(
            {"t": "died", "reason": death.reason, "detail": death.detail, **self._printed()}
        )

    def _pass_on(self, frame: Frame) -> None:
        """Send the agent what the answer's side wrote: it may have grown beyond a frame."""
        try:
            self._agent.send(frame)
        except BadFrame:
            raise _forged(_UNREADABLE) from None

    def _printed(self) -> dict[str, Any]:
        """End what a check left running and return what was printed since the last call."""
        system.end_descendants(keep=self._answer)
        over = self._drain()
        text = self._output.decode("utf-8", "backslashreplace")
        self._output.clear()
        return {"output": text, "cut": over}

    # --- the answer's processes ---

    def _become_answer(
        self, there: socket.socket, printing: int, prepare: Callable[[], object]
    ) -> NoReturn:
        status = 1
        try:
            system.die_with_parent()
            channel = there.detach()
            os.setsid()
            os.dup2(printing, 1)
            os.dup2(printing, 2)
            system.close_all_but(channel)
            prepare()
            port = Port(channel, channel)
            port.send({"t": "prepared"})
            if (frame := port.receive()) is not None:
                job = Job.of(frame)
                confine(self._confinement(job))
                folder = str(self._box.work)
                answer(port, folder, job.main, fresh=job.fresh, suite=job.suite)
            status = 0
        except MemoryError:
            status = OUT_OF_MEMORY
        finally:
            os._exit(status)

    def _confinement(self, job: Job) -> Confinement:
        return Confinement(
            work=str(self._box.work),
            tmp=str(self._box.tmp),
            main=job.main,
            uid=self._uid,
            memory_mib=job.memory_mib,
            disk_mib=job.disk_mib,
            pids=job.pids + self._services.pids,
            cpu_seconds=int(job.total_seconds) + 2,
        )

    def _kill_answer(self) -> None:
        if self._answer:
            os.kill(self._answer, signal.SIGKILL)
            self._reap()

    def _reap(self) -> str:
        """Wait for the answer's process, which is dead or dying, and say how it ended."""
        pid, self._answer = self._answer, 0
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return self._ending(os.waitstatus_to_exitcode(status))
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return "closed"

    # --- listening ---

    def _next(self) -> Frame | None:
        """Return the agent's next frame, draining what the answer prints meanwhile."""
        if self._heard:
            return self._heard.popleft()
        self._poll(self._agent.reader)
        return self._agent.receive()

    def _tell(self, frame: Frame) -> None:
        if not self._answer:
            raise Died("exit", "The answer's process is gone.")
        left = memoryview(pack(frame))
        try:
            while left:
                self._poll(self._socket.fileno(), select.POLLOUT)
                left = left[self._socket.send(left, socket.MSG_DONTWAIT) :]
        except OSError:
            raise self._gone() from None

    def _hear(self, expected: str) -> Frame:
        """Return the answer's next frame, which must be of the kind `expected`. Raises Died."""
        try:
            while (payload := self._splitter.take()) is None:
                self._poll(self._socket.fileno())
                data = self._socket.recv(_CHUNK)
                if not data:
                    raise self._gone()
                self._splitter.feed(data)
            frame = parse(payload)
        except BadFrame:
            raise _forged(_UNREADABLE) from None
        except OSError:
            raise self._gone() from None
        if frame.get("t") == "exited" and expected != "exited":
            raise _death(self._ending(frame.get("code", 1)))
        if frame.get("t") != expected:
            raise _forged(_OUT_OF_TURN)
        return frame

    def _ending(self, code: Any) -> str:
        if code == OUT_OF_MEMORY or (code == -signal.SIGKILL and self._ran_out()):
            return "memory"
        if isinstance(code, int) and code < 0:
            return f"signal {-code}"
        return f"exit code {code}"

    def _ran_out(self) -> bool:
        """Say whether it was the kernel that killed. Where that is not told, it is likelier than an
        answer that kills itself.
        """
        kills = system.oom_kills()
        return kills is None or kills > self._oom_kills

    def _gone(self) -> Died:
        return _death(self._reap() if self._answer else "closed")

    def _poll(self, wanted: int, until: int = select.POLLIN) -> None:
        """Wait until `wanted` can be read, or written. Drains the answer's output; ends everything
        when the agent is gone.
        """
        while True:
            poll = select.poll()
            poll.register(self._agent.reader, select.POLLIN)
            poll.register(wanted, until)
            if self._capture >= 0:
                poll.register(self._capture, select.POLLIN)
            ready = dict(poll.poll())
            if wanted != self._agent.reader and ready.get(self._agent.reader):
                self._listen()
            if self._capture in ready and self._drain():
                raise Died("output", f"It printed more than {self._output_kib} KiB.")
            if wanted in ready:
                return

    def _listen(self) -> None:
        """Hear the agent while the answer is waited for: it may have waited long enough."""
        frame = self._agent.receive()
        if frame is None:
            raise SystemExit(0)
        if frame["t"] == "enough":
            raise Died("late", "")
        self._heard.append(frame)

    def _drain(self) -> bool:
        """Read what was printed, up to the cap, and say whether there was more."""
        cap = self._output_kib * 1024
        while self._capture >= 0 and len(self._output) <= cap:
            try:
                data = os.read(self._capture, _CHUNK)
            except BlockingIOError:
                break
            if not data:
                os.close(self._capture)
                self._capture = -1
            self._output += data
        over = len(self._output) > cap
        del self._output[cap:]
        return over


def _forged(detail: str) -> Died:
    return Died("exit", detail, forged=True)


def _death(ending: str) -> Died:
    if ending == "memory":
        return Died("memory", "It needed more memory than it may use.")
    if ending == "closed":
        return Died("exit", "The answer's process closed its connection to the checks.")
    return Died("exit", f"The answer's process ended by itself ({ending}).")
