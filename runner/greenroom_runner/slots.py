"""The runner's own queue: a few judgements at once, a bounded number waiting, first come first."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from greenroom_runner.session import Cancelled
from greenroom_runner.status import QueueCount


class BusyError(Exception):
    """The queue is full. The caller tries again later."""


class WaitCancelledError(Exception):
    """The caller left while it waited."""


class Slots:
    """Lets `slots` judgements in; `capacity` more may wait."""

    def __init__(self, slots: int, capacity: int) -> None:
        self._slots = slots
        self._capacity = capacity
        self._running = 0
        self._line: list[object] = []
        self._changed = threading.Condition()

    @contextmanager
    def enter(self, cancelled: Cancelled, tell: Callable[[int], None]) -> Iterator[None]:
        """Hold a slot. `tell` learns how many are ahead, at first and whenever that changes."""
        ticket = object()
        with self._changed:
            if self._running >= self._slots and len(self._line) >= self._capacity:
                raise BusyError(f"The runner is busy: {len(self._line)} judgements wait already.")
            self._line.append(ticket)
        try:
            self._wait(ticket, cancelled, tell)
        except BaseException:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()
            raise
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def counts(self) -> QueueCount:
        """Return how busy the runner is."""
        with self._changed:
            return QueueCount(
                running=self._running,
                slots=self._slots,
                waiting=len(self._line),
                capacity=self._capacity,
            )

    def _wait(self, ticket: object, cancelled: Cancelled, tell: Callable[[int], None]) -> None:
        told = -1
        while True:
            with self._changed:
                ahead = self._line.index(ticket)
                if ahead == 0 and self._running < self._slots:
                    self._line.pop(0)
                    self._running += 1
                    self._changed.notify_all()
                    return
                if ahead == told:
                    self._changed.wait(0.1)
                    ahead = self._line.index(ticket)
            if cancelled.is_set():
                raise WaitCancelledError
            if ahead != told:  # outside the lock: telling may block on a slow reader
                told = ahead
                tell(ahead)
