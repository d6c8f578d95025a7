"""Which kinds of sandboxes could not be started, why, and when each is tried again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class _Fault:
    message: str
    pause: float
    until: float


class Faults:
    """A kind rests after a failure, twice as long after each more. Times are in seconds."""

    def __init__(self, first_pause: float, longest_pause: float) -> None:
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._faults: dict[str, _Fault] = {}  # the latest comes last

    def note(self, kind: str, message: str, now: float) -> None:
        """Remember that a kind could not be started."""
        before = self._faults.pop(kind, None)
        pause = min(self._longest_pause, before.pause * 2 if before else self._first_pause)
        self._faults[kind] = _Fault(message, pause, now + pause)

    def forget(self, kind: str) -> None:
        """Remember that a kind was started."""
        self._faults.pop(kind, None)

    def clear(self) -> None:
        """Let every kind be tried at once."""
        self._faults.clear()

    def resting(self, now: float) -> dict[str, float]:
        """Return the kinds that rest, and for how long still."""
        left = {kind: fault.until - now for kind, fault in self._faults.items()}
        return {kind: seconds for kind, seconds in left.items() if seconds > 0}

    def message(self, kind: str) -> str:
        """Return why a kind could not be started; empty where it could."""
        fault = self._faults.get(kind)
        return fault.message if fault else ""

    def latest(self) -> str:
        """Return why the last kind that fails still could not be started."""
        return next((fault.message for fault in reversed(self._faults.values())), "")
