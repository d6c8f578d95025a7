"""The two sides of a judgement, each with its own deadlines and its own way to fail."""

import time
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from greenroom_runner.channel import BadFrame, ChannelClosed, ChannelTimeout, Frame
from greenroom_runner.engine import Sandbox
from greenroom_runner.said import Died

UNREADABLE = "The answer's process wrote something that cannot be read."
JUDGE_SECONDS = 10.0
"""How long a judge may take to say the next thing. It runs the grader, not the answer."""
LAST_WORDS_SECONDS = 0.5
"""How long a sandbox may take to tell what an answer had printed that ran out of time."""
_SLICE = 0.2
_Model = TypeVar("_Model", bound=BaseModel)


class Cancelled(Protocol):
    """A `threading.Event` or anything like it."""

    def is_set(self) -> bool: ...


class RunCancelled(Exception):
    """Nobody wants the result any more."""


class CandidateLate(Exception):
    """The answer did not say anything in time."""


class CandidateDied(Exception):
    """The answer's process died within its sandbox, which said so."""

    def __init__(self, died: Died) -> None:
        super().__init__(died.detail)
        self.died = died


class CandidateForged(CandidateDied):
    """What came from the answer's process does not have its frame's form."""


class CandidateLost(Exception):
    """The candidate sandbox is gone, or what comes from it is no frame."""


class JudgeLost(Exception):
    """The judge sandbox is gone or stuck, or its grader is broken. A fault of ours or the
    author's.
    """


def _receive(sandbox: Sandbox, deadline: float, cancelled: Cancelled) -> Frame:
    """Return the next frame, looking at `cancelled` meanwhile."""
    while True:
        if cancelled.is_set():
            raise RunCancelled
        until = min(deadline, time.monotonic() + _SLICE)
        try:
            return sandbox.channel.receive(until)
        except ChannelTimeout:
            if until >= deadline:
                raise


class GraderBroken(Exception):
    """The grader cannot run. The judge itself is fine."""


class CandidateSide:
    """Talks to the candidate. `deadline` is the relay's to set: a `time.monotonic()` value."""

    def __init__(self, sandbox: Sandbox, cancelled: Cancelled) -> None:
        self.sandbox = sandbox
        self.deadline = 0.0
        self._cancelled = cancelled

    def send(self, frame: Mapping[str, Any]) -> None:
        try:
            self.sandbox.channel.send(frame)
        except (ChannelClosed, BadFrame) as problem:
            raise CandidateLost(str(problem)) from problem

    def receive(self) -> Frame:
        try:
            return _receive(self.sandbox, self.deadline, self._cancelled)
        except ChannelTimeout as problem:
            raise CandidateLate from problem
        except (ChannelClosed, BadFrame) as problem:
            raise CandidateLost(str(problem)) from problem

    def expect(self, model: type[_Model]) -> _Model:
        """Return the next frame as `model`. Raises CandidateDied on the frame that says so."""
        frame = self.receive()
        if frame.get("t") == "died":
            raise CandidateDied(_read(Died, frame))
        return _read(model, frame)

    def last_words(self) -> str:
        """Return what an answer had printed that is late, empty where that is not told."""
        self.deadline = time.monotonic() + LAST_WORDS_SECONDS
        try:
            self.send({"t": "enough"})
            while (frame := self.receive()).get("t") != "died":
                pass
            return _read(Died, frame).output
        except (CandidateLate, CandidateLost, CandidateDied):
            return ""


class JudgeSide:
    """Talks to the judge."""

    def __init__(self, sandbox: Sandbox, cancelled: Cancelled) -> None:
        self.sandbox = sandbox
        self._cancelled = cancelled
        self._done = True

    def send(self, frame: Mapping[str, Any]) -> None:
        self._done = False
        try:
            self.sandbox.channel.send(frame)
        except (ChannelClosed, BadFrame) as problem:
            raise JudgeLost(str(problem)) from problem

    def receive(self) -> Frame:
        """Return the next frame. Raises GraderBroken with the sentence for its author."""
        deadline = time.monotonic() + JUDGE_SECONDS
        try:
            frame = _receive(self.sandbox, deadline, self._cancelled)
        except ChannelTimeout as problem:
            raise JudgeLost("The grader took too long by itself.") from problem
        except (ChannelClosed, BadFrame) as problem:
            raise JudgeLost(f"The judge is gone: {problem}.") from problem
        if frame.get("t") == "broken":
            raise GraderBroken(str(frame.get("message", "")))
        self._done = frame.get("t") == "done"
        return frame

    def expect(self, model: type[_Model]) -> _Model:
        return self.read(model, self.receive())

    @staticmethod
    def read(model: type[_Model], frame: Frame) -> _Model:
        """Return a frame of the judge as `model`."""
        try:
            return model.model_validate(frame)
        except ValidationError as problem:
            raise JudgeLost(f"The judge said something unexpected: {_first(problem)}") from problem

    def release(self, seconds: float = 2.0) -> None:
        """Make the judge free for the next judgement, or stop it."""
        if self._done or self.sandbox.stopped:
            return
        deadline = time.monotonic() + seconds
        try:
            self.sandbox.channel.send({"t": "stop"})
            while self.sandbox.channel.receive(deadline).get("t") != "done":
                pass
        except (ChannelClosed, ChannelTimeout, BadFrame):
            self.sandbox.stop()
        self._done = True


def _read(model: type[_Model], frame: Frame) -> _Model:
    """Return a candidate's frame as `model`. One that does not fit was forged."""
    try:
        return model.model_validate(frame)
    except ValidationError as problem:
        raise CandidateForged(Died(t="died", reason="exit", detail=UNREADABLE)) from problem


def _first(problem: ValidationError) -> str:
    error = problem.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
