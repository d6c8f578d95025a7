from contextlib import ExitStack

import pytest

from greenroom_runner import judges as judges_module
from greenroom_runner.engine import EngineError, Sandbox
from greenroom_runner.judges import Judges
from tests.runner.unit.conftest import NEVER, StartPool
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def judges(engine: FakeEngine, start_pool: StartPool) -> Judges:
    return Judges(engine, start_pool(always=()), limit=3)


def use(judges: Judges, tenant: str) -> Sandbox:
    with judges.lend(tenant, NEVER, 10) as sandbox:
        return sandbox


def test_keeps_a_judge_for_its_tenant(judges: Judges) -> None:
    assert use(judges, "a").id == use(judges, "a").id


def test_never_lends_one_tenants_judge_to_another(judges: Judges) -> None:
    assert use(judges, "a").id != use(judges, "b").id
    assert judges.count() == 2


def test_two_judgements_at_once_have_two_judges(judges: Judges) -> None:
    with judges.lend("a", NEVER, 10) as first, judges.lend("a", NEVER, 10) as second:
        assert first.id != second.id
    assert judges.count() == 2


def test_the_one_idle_longest_makes_room(judges: Judges, engine: FakeEngine) -> None:
    first = use(judges, "a")
    use(judges, "b")
    use(judges, "c")
    use(judges, "d")
    assert judges.count() == 3
    assert first.stopped
    assert use(judges, "a").id != first.id


def test_a_busy_judge_is_never_taken_away(judges: Judges) -> None:
    with ExitStack() as stack:
        lent = [stack.enter_context(judges.lend(tenant, NEVER, 10)) for tenant in "abcd"]
        assert not any(sandbox.stopped for sandbox in lent)


def test_a_judge_that_was_stopped_is_not_used_again(judges: Judges) -> None:
    with judges.lend("a", NEVER, 10) as doubtful:
        doubtful.stop()
    assert judges.count() == 0
    assert use(judges, "a").id != doubtful.id


def test_a_judge_that_died_between_two_judgements_is_replaced(
    judges: Judges, engine: FakeEngine
) -> None:
    first = use(judges, "a")
    next(one for one in engine.started if one.id == first.id).die()
    assert use(judges, "a").id != first.id
    assert first.stopped


def test_a_judge_of_an_image_before_this_is_replaced(judges: Judges, engine: FakeEngine) -> None:
    first = use(judges, "a")
    engine.image = "sha256:another"
    second = use(judges, "a")
    assert first.stopped
    assert second.image == "sha256:another"


def test_a_worn_judge_is_replaced(judges: Judges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges_module, "USES", 2)
    first, second, third = (use(judges, "a") for _ in range(3))
    assert first.id == second.id != third.id
    assert first.stopped


def test_closing_gives_every_judge_away_busy_or_not(judges: Judges, engine: FakeEngine) -> None:
    idle = use(judges, "a")
    with judges.lend("b", NEVER, 10) as busy:
        assert {one.id for one in judges.close()} == {idle.id, busy.id}
    assert judges.count() == 0
    with pytest.raises(EngineError, match="stopping"):
        use(judges, "c")
    assert [one.id for one in engine.started if one.id not in {idle.id, busy.id} and one.stopped]
