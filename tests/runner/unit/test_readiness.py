import threading
from collections.abc import Callable, Iterator

import pytest

from greenroom_runner.engine import EngineError
from greenroom_runner.readiness import Readiness
from greenroom_runner.status import Progress
from tests.runner.unit.conftest import NEVER
from tests.support.fake_engine import FakeEngine
from tests.support.sandboxes import eventually


class BuildingEngine(FakeEngine):
    """Builds something first, until the test lets it finish or fails it."""

    def __init__(self) -> None:
        super().__init__()
        self.finish = threading.Event()
        self.failure = ""

    def prepare(self, report: Callable[[Progress], None]) -> None:
        report(Progress(step="Building", detail="step 1"))
        assert self.finish.wait(10)
        if self.failure:
            raise EngineError(self.failure)


@pytest.fixture
def building() -> BuildingEngine:
    return BuildingEngine()


@pytest.fixture
def watched(building: BuildingEngine) -> Iterator[tuple[Readiness, list[int]]]:
    ready: list[int] = []
    readiness = Readiness(building, lambda: ready.append(1), retry_seconds=0.02)
    readiness.start()
    yield readiness, ready
    readiness.stop()
    building.finish.set()
    readiness._thread.join(10)


def shown(readiness: Readiness) -> tuple[str, str, Progress | None]:
    return readiness.state, readiness.message, readiness.progress


def test_shows_what_is_built_meanwhile(
    building: BuildingEngine, watched: tuple[Readiness, list[int]]
) -> None:
    readiness, ready = watched
    eventually(lambda: readiness.state == "building", "the build is not shown")
    assert readiness.progress == Progress(step="Building", detail="step 1")
    assert readiness.message == "Building: step 1"
    assert not ready
    building.finish.set()
    eventually(lambda: ready, "it never got ready")
    assert shown(readiness) == ("ready", "", None)
    assert building.swept == 1


def test_a_build_is_waited_for_longer_than_patience_lasts(
    building: BuildingEngine, watched: tuple[Readiness, list[int]]
) -> None:
    readiness, _ = watched
    eventually(lambda: readiness.state == "building", "the build is not shown")
    waiter = threading.Thread(target=readiness.wait, args=(NEVER, 0))
    waiter.start()
    waiter.join(0.3)
    assert waiter.is_alive()
    building.finish.set()
    waiter.join(10)
    assert not waiter.is_alive()


def test_says_why_it_is_not_ready_and_tries_again(
    building: BuildingEngine, watched: tuple[Readiness, list[int]]
) -> None:
    readiness, ready = watched
    building.failure = "No base image."
    building.finish.set()
    with pytest.raises(EngineError, match="No base image"):
        readiness.wait(NEVER, 0.1)
    building.failure = ""
    eventually(lambda: ready, "it did not try again")
    readiness.wait(NEVER, 0)


def test_notices_that_the_engine_went_and_came_back(
    building: BuildingEngine, watched: tuple[Readiness, list[int]]
) -> None:
    readiness, ready = watched
    building.finish.set()
    eventually(lambda: len(ready) == 1, "it never got ready")
    building.away = "gone"
    eventually(lambda: readiness.state == "away", "nobody noticed")
    assert readiness.message
    building.away = ""
    eventually(lambda: len(ready) == 2, "nobody noticed that it is back")


def test_what_is_prepared_anew_is_no_absence(
    building: BuildingEngine,
    watched: tuple[Readiness, list[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readiness, ready = watched
    building.finish.set()
    eventually(lambda: len(ready) == 1, "it never got ready")
    states = []
    monkeypatch.setattr(readiness, "_fail", lambda state, reason: states.append(state))
    monkeypatch.setattr(building, "healthy", lambda: len(ready) > 1)
    eventually(lambda: len(ready) == 2, "it was not prepared anew")
    assert readiness.state == "ready"
    assert states == []


def test_whoever_gives_up_is_released(watched: tuple[Readiness, list[int]]) -> None:
    readiness, _ = watched
    cancelled = threading.Event()
    cancelled.set()
    readiness.wait(cancelled, 3600)


def test_survives_whatever_an_engine_raises(
    building: BuildingEngine, watched: tuple[Readiness, list[int]]
) -> None:
    readiness, ready = watched
    sweep = building.sweep
    building.sweep = lambda: 1 // 0  # type: ignore[method-assign]
    building.finish.set()
    eventually(lambda: readiness.state == "failed", "the failure is not shown")
    assert "ZeroDivisionError" in readiness.message
    building.sweep = sweep  # type: ignore[method-assign]
    eventually(lambda: ready, "it did not try again")
