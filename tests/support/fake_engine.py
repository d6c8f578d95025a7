"""An engine without containers, for tests of what is around one.

Its sandboxes are socket pairs: a test plays the part of what runs inside. It keeps the promises of
`greenroom_runner.engine`, which a contract test holds it to together with the real ones.
"""

import itertools
import socket
import threading
from collections.abc import Sequence

from greenroom_runner.channel import FdChannel
from greenroom_runner.engine import EngineError, Sandbox, Stopped
from greenroom_runner.harness.frames import Frame, pack
from greenroom_runner.kinds import kind_of
from greenroom_runner.limits import Limits
from greenroom_runner.request import Beside, Profile


class FakeSandbox:
    """One end is the runner's channel; with `say` and `die` a test is the other."""

    def __init__(self, name: str, kind: str, image: str) -> None:
        near, self._far = socket.socketpair()
        self.id = name
        self.kind = kind
        self.image = image
        self.channel = FdChannel(near.fileno(), near.fileno(), closer=near.close)
        self.stopped = False
        self.applied: Limits | None = None
        self._lock = threading.Lock()
        self._end = Stopped()

    def say(self, frame: Frame) -> None:
        self._far.sendall(pack(frame))

    def die(self) -> None:
        """End as if by itself."""
        self._far.close()

    def stop(self) -> Stopped:
        with self._lock:
            if not self.stopped:
                self.stopped = True
                self.channel.close()
                self._far.close()
            return self._end


class FakeEngine:
    """Starts sandboxes at once, unless it is told to be `away`, `deaf` or behind a `gate`, or
    `unable` to run services.
    """

    name = "fake"

    def __init__(self) -> None:
        self.away = ""
        self.image = "sha256:fake"
        self.deaf = False
        self.unable = ""
        self.gate = threading.Event()
        self.gate.set()
        self.started: list[FakeSandbox] = []
        self.swept = 0
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start_candidate(self, profile: Profile, services: Sequence[Beside] = ()) -> FakeSandbox:
        return self._start(kind_of(profile, services))

    def start_judge(self, tenant: str) -> FakeSandbox:
        del tenant
        return self._start("judge")

    def apply_limits(self, sandbox: Sandbox, limits: Limits) -> None:
        self._require()
        assert isinstance(sandbox, FakeSandbox)
        sandbox.applied = limits

    def image_digest(self) -> str:
        return self.image

    def sweep(self) -> int:
        self._require()
        self.swept += 1
        return 0

    def healthy(self) -> bool:
        return not self.away

    def alive(self, kind: str | None = None) -> list[FakeSandbox]:
        """Return what was started and not stopped."""
        with self._lock:
            running = [sandbox for sandbox in self.started if not sandbox.stopped]
        return [sandbox for sandbox in running if kind in {None, sandbox.kind}]

    def close(self) -> None:
        """Stop whatever a test left running."""
        for sandbox in self.alive():
            sandbox.stop()

    def _start(self, kind: str) -> FakeSandbox:
        self.gate.wait()
        self._require()
        sandbox = FakeSandbox(f"fake-{next(self._numbers)}", kind, self.image)
        with self._lock:
            self.started.append(sandbox)
        if self.unable and "+" in kind:
            sandbox.say({"t": "unable", "message": self.unable})
        elif not self.deaf:
            sandbox.say({"t": "ready"})
        return sandbox

    def _require(self) -> None:
        if self.away:
            raise EngineError(self.away)
