from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from greenroom_runner.demand import Demand
from greenroom_runner.kinds import JUDGE, cost_mib
from greenroom_runner.stock import Step, Stock, grant, next_step

KINDS = ["pydantic", "sqlalchemy", "fastapi", "everything", "fastapi+postgres+redis", JUDGE]
PYDANTIC, SQLALCHEMY, FASTAPI = map(cost_mib, KINDS[:3])
NONE = Stock({}, {}, {})
kinds = st.sampled_from(KINDS)
counts = st.dictionaries(kinds, st.integers(0, 5))
budgets = st.integers(0, 1200)


def mib(counts: Mapping[str, int]) -> int:
    return sum(cost_mib(kind) * count for kind, count in counts.items())


def test_a_service_costs_beside_its_profile() -> None:
    both = cost_mib("fastapi+postgres") + cost_mib("fastapi+redis")
    assert cost_mib("fastapi+postgres+redis") == both - FASTAPI
    assert cost_mib("fastapi+kafka") > cost_mib("fastapi")


def test_the_kind_that_was_asked_for_last_gets_the_first() -> None:
    wanted = {"sqlalchemy": 2, "pydantic": 2}
    assert grant(wanted, SQLALCHEMY) == {"sqlalchemy": 1, "pydantic": 0}
    assert grant(wanted, SQLALCHEMY + PYDANTIC) == {"sqlalchemy": 1, "pydantic": 1}
    assert grant(wanted, 2 * SQLALCHEMY + PYDANTIC) == {"sqlalchemy": 2, "pydantic": 1}
    assert next_step(NONE, [], wanted, 1000) == Step(start="sqlalchemy")


def test_who_came_first_is_served_first() -> None:
    waiting = ["pydantic", "fastapi"]
    assert next_step(NONE, waiting, {}, 1000) == Step((), "pydantic", waited_for=True)
    begun = Stock({}, {"pydantic": 1}, {})
    assert next_step(begun, waiting, {}, 1000) == Step((), "fastapi", waited_for=True)
    served = Stock({"fastapi": 1}, {"pydantic": 1}, {})
    assert next_step(served, waiting, {}, 1000) == Step()


def test_room_is_made_by_what_was_asked_for_longest_ago() -> None:
    stock = Stock({"sqlalchemy": 1, "pydantic": 1, "fastapi": 1}, {}, {})
    wanted = {"pydantic": 1, "fastapi": 1, "sqlalchemy": 1}
    full = mib(stock.warm)
    assert next_step(stock, ["fastapi+redis"], wanted, full).drop == ("sqlalchemy", "fastapi")


def test_the_last_of_a_kind_goes_after_those_of_which_there_are_more() -> None:
    stock = Stock({"sqlalchemy": 1, "pydantic": 3}, {}, {})
    wanted = {"pydantic": 3, "sqlalchemy": 1}
    step = next_step(stock, ["fastapi"], wanted, mib(stock.warm) + FASTAPI - PYDANTIC - 1)
    assert step.drop == ("pydantic", "pydantic")


def test_what_is_waited_for_makes_no_room_for_others() -> None:
    stock = Stock({"pydantic": 1}, {}, {})
    step = next_step(stock, ["pydantic", "fastapi"], {"pydantic": 1}, PYDANTIC)
    assert step == Step((), "fastapi", waited_for=True)


def test_what_rests_is_passed_over() -> None:
    assert next_step(NONE, ["fastapi"], {}, 1000, {"fastapi"}) == Step()
    assert next_step(NONE, ["fastapi", "pydantic"], {}, 1000, {"fastapi"}).start == "pydantic"
    assert next_step(NONE, [], {"fastapi": 1, "judge": 1}, 1000, {"fastapi"}).start == "judge"


def test_what_is_on_its_way_out_still_takes_its_room() -> None:
    stock = Stock({}, {}, {"fastapi": 1})
    assert next_step(stock, [], {"fastapi": 1}, 2 * FASTAPI - 1) == Step()
    assert next_step(stock, ["fastapi"], {"fastapi": 1}, 2 * FASTAPI - 1).start == "fastapi"


@given(wanted=counts, budget=budgets)
def test_what_is_granted_fits(wanted: dict[str, int], budget: int) -> None:
    granted = grant(wanted, budget)
    assert mib(granted) <= budget
    assert all(granted[kind] <= count for kind, count in wanted.items())


@given(wanted=counts)
def test_all_is_granted_where_there_is_room(wanted: dict[str, int]) -> None:
    assert grant(wanted, mib(wanted)) == wanted


@given(wanted=counts, budget=budgets)
def test_a_first_comes_before_a_second(wanted: dict[str, int], budget: int) -> None:
    granted = grant(wanted, budget)
    without = [kind for kind, count in wanted.items() if count and not granted[kind]]
    dearest = max((cost_mib(kind) for kind, count in granted.items() if count > 1), default=0)
    assert not without or min(map(cost_mib, without)) > dearest


@dataclass
class Held:
    """What a pool that follows the rule holds."""

    warm: Counter[str] = field(default_factory=Counter)
    starting: Counter[str] = field(default_factory=Counter)
    leaving: Counter[str] = field(default_factory=Counter)

    def stock(self) -> Stock:
        return Stock(dict(self.warm), dict(self.starting), dict(self.leaving))


class Following(RuleBasedStateMachine):
    """A pool that does whatever the rule says, under whatever befalls it."""

    BUDGET = 300

    def __init__(self) -> None:
        super().__init__()
        self.held = Held()
        self.waiting: list[str] = []
        self.demand = Demand((JUDGE, "pydantic"))
        self.now = 0.0
        self.forced: Counter[str] = Counter()
        """Starts that somebody waited for, which no room could be made for."""

    @rule(kind=kinds)
    def ask(self, kind: str) -> None:
        self.waiting.append(kind)

    @precondition(lambda self: self.waiting)
    @rule()
    def give_up(self) -> None:
        self.waiting.pop()

    @rule(seconds=st.sampled_from([0.1, 5, 200]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.held.starting.total())
    @rule(data=st.data())
    def get_ready(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(sorted(self.held.starting.elements())))
        self.held.starting[kind] -= 1
        self.held.warm[kind] += 1

    @precondition(lambda self: self.held.leaving.total())
    @rule()
    def be_gone(self) -> None:
        self.held.leaving.clear()

    @rule()
    def hand_out(self) -> None:
        for kind in list(self.waiting):
            if self.held.warm[kind]:
                self.waiting.remove(kind)
                self.held.warm[kind] -= 1
                self.demand.note(kind, self.now)

    @rule()
    def follow(self) -> None:
        wanted = self.demand.wanted(self.now)
        before, held = self.held.stock(), self.held
        step = next_step(before, self.waiting, wanted, self.BUDGET)
        held.warm.subtract(step.drop)
        held.leaving.update(step.drop)
        assert min(held.warm.values(), default=0) >= 0
        self.check_order(before, step)
        self.check_drops(wanted, step)
        if step.start:
            held.starting[step.start] += 1
            self.check_budget(step)

    def check_order(self, before: Stock, step: Step) -> None:
        """Who waits first and has nothing coming is served next."""
        seen: Counter[str] = Counter()
        for kind in self.waiting:
            seen[kind] += 1
            if seen[kind] > before.coming(kind):
                assert (step.start, step.waited_for) == (kind, True)
                return
        assert not step.waited_for

    def check_drops(self, wanted: dict[str, int], step: Step) -> None:
        """Nothing that is wanted goes while there is room for all that is."""
        if not step.waited_for and mib(wanted) <= self.BUDGET:
            assert all(self.held.warm[kind] >= wanted.get(kind, 0) for kind in step.drop)

    def check_budget(self, step: Step) -> None:
        """What is over the budget was waited for, when nothing idle was left to make room."""
        if self.held.stock().kept_mib() > self.BUDGET:
            assert step.waited_for
            claimed = Counter(self.waiting)
            assert all(count <= claimed[kind] for kind, count in self.held.warm.items())
        if not step.waited_for:
            assert self.held.stock().used_mib() <= self.BUDGET

    @invariant()
    def comes_to_rest_within_the_budget(self) -> None:
        """When nobody waits and all is warm, a few steps bring it below the budget and to rest."""
        warm = Counter(self.held.warm + self.held.starting)
        wanted = self.demand.wanted(self.now)
        for _ in range(2 + warm.total() + sum(wanted.values())):
            step = next_step(Stock(warm, {}, {}), [], wanted, self.BUDGET)
            warm.subtract(step.drop)
            warm.update([step.start] if step.start else [])
        assert step == Step()
        assert mib(warm) <= self.BUDGET
        assert +warm == +Counter(grant(wanted, self.BUDGET))


TestFollowing = Following.TestCase
