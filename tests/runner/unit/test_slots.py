import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from greenroom_runner.slots import BusyError, Slots, WaitCancelledError
from tests.runner.unit.conftest import NEVER
from tests.support.sandboxes import eventually


class Visitor:
    """Enters a slot in a thread of its own and stays until it is let go."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.cancelled = threading.Event()
        self.positions: list[int] = []
        self.inside = threading.Event()
        self.let_go = threading.Event()
        self.cancellation_seen = False
        self._thread = threading.Thread(target=self._visit)
        self._thread.start()

    def leave(self) -> None:
        self.let_go.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _visit(self) -> None:
        try:
            with self.slots.enter(self.cancelled, self.positions.append):
                self.inside.set()
                assert self.let_go.wait(10)
        except WaitCancelledError:
            self.cancellation_seen = True


def waiting(slots: Slots, count: int) -> None:
    eventually(lambda: slots.counts().waiting == count, f"{count} should wait")


def test_lets_in_as_many_as_there_are_slots() -> None:
    slots = Slots(2, 5)
    visitors = [Visitor(slots) for _ in range(2)]
    assert all(visitor.inside.wait(10) for visitor in visitors)
    third = Visitor(slots)
    waiting(slots, 1)
    assert not third.inside.is_set()
    visitors[0].leave()
    assert third.inside.wait(10)
    for visitor in (visitors[1], third):
        visitor.leave()
    assert (slots.counts().running, slots.counts().waiting) == (0, 0)


def test_keeps_the_order_of_arrival_and_tells_each_its_place() -> None:
    slots = Slots(1, 5)
    first = Visitor(slots)
    assert first.inside.wait(10)
    line = []
    for number in range(3):
        line.append(Visitor(slots))
        waiting(slots, number + 1)
    eventually(lambda: [one.positions[-1:] for one in line] == [[0], [1], [2]], "no places told")
    first.leave()
    for visitor in line:
        assert visitor.inside.wait(10)
        visitor.leave()
    assert line[0].positions == [0]
    assert line[1].positions == [1, 0]
    assert line[2].positions == [2, 1, 0]


def test_refuses_at_once_when_the_line_is_full() -> None:
    slots = Slots(1, 1)
    inside = Visitor(slots)
    assert inside.inside.wait(10)
    second = Visitor(slots)
    waiting(slots, 1)
    with (
        pytest.raises(BusyError, match="1 judgements wait already"),
        slots.enter(NEVER, lambda position: None),
    ):
        pass
    inside.leave()
    second.leave()


def test_an_empty_line_admits_whoever_finds_a_slot_free() -> None:
    slots = Slots(1, 0)
    with slots.enter(NEVER, lambda position: None):
        assert slots.counts().running == 1


def test_whoever_gives_up_leaves_the_line_to_the_others() -> None:
    slots = Slots(1, 5)
    inside = Visitor(slots)
    assert inside.inside.wait(10)
    impatient = Visitor(slots)
    waiting(slots, 1)
    patient = Visitor(slots)
    waiting(slots, 2)
    impatient.cancelled.set()
    waiting(slots, 1)
    eventually(lambda: patient.positions == [1, 0], "the one behind did not move up")
    inside.leave()
    assert patient.inside.wait(10)
    patient.leave()
    impatient.leave()
    assert impatient.cancellation_seen


def test_a_failure_inside_gives_the_slot_back() -> None:
    slots = Slots(1, 0)
    with pytest.raises(ZeroDivisionError), slots.enter(NEVER, lambda position: None):
        raise ZeroDivisionError
    with slots.enter(NEVER, lambda position: None):
        assert slots.counts().running == 1


def test_never_more_inside_than_slots() -> None:
    slots, most, lock = Slots(3, 100), [0, 0], threading.Lock()

    def visit(_: int) -> None:
        with slots.enter(NEVER, lambda position: None):
            with lock:
                most[0] += 1
                most[1] = max(most)
            with lock:
                most[0] -= 1

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(visit, range(60)))
    assert most[1] <= 3
    assert slots.counts().running == 0
