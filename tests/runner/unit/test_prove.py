"""What counts as proof, weighed by itself."""

from collections.abc import Sequence

import pytest

from greenroom_runner.engine import EngineError
from greenroom_runner.events import Check, Finished
from greenroom_runner.prove import Case, Proof, _faults, unguarded


def faults(case: Case, verdict: str, failed: Sequence[str]) -> list[str]:
    checks = [Check(id=name, status="failed", ms=1, message="No.", actual="5") for name in failed]
    return list(_faults(case, verdict, failed, Finished(outcome="completed"), checks))


def mutant(*catches: str) -> Case:
    return Case("mutants/wrong_answer/x", {}, "wrong_answer", catches)


def test_a_mutant_fails_what_it_names_and_nothing_else() -> None:
    assert faults(mutant("a", "b"), "wrong_answer", ["a", "b"]) == []
    assert faults(mutant("a", "b"), "wrong_answer", ["a"]) == ["It passes b, which must catch it."]
    assert faults(mutant("a"), "wrong_answer", ["a", "b"]) == [
        "It fails b as well, which it does not name."
    ]


def test_a_right_answer_is_accepted_and_else_says_why() -> None:
    assert faults(Case("reference", {}, "accepted"), "accepted", []) == []
    assert faults(Case("reference", {}, "accepted"), "wrong_answer", ["a"]) == [
        "Its verdict is wrong_answer, and must be accepted. a: No. Seen: 5"
    ]


def test_a_starter_may_be_anything_but_accepted() -> None:
    assert faults(Case("starter", {}), "syntax_error", []) == []
    assert faults(Case("starter", {}), "accepted", []) == ["It is accepted, and must not be."]


def test_a_fault_of_ours_proves_nothing() -> None:
    with pytest.raises(EngineError, match="could not be judged"):
        faults(mutant("a"), "internal_error", [])


@pytest.mark.parametrize(("failed", "left"), [(("a",), ["b"]), (("a", "b"), []), ((), ["a", "b"])])
def test_a_check_that_nothing_fails_is_unguarded(failed: tuple[str, ...], left: list[str]) -> None:
    proof = Proof("p", "c", "wrong_answer", failed, 1.0, ())
    assert unguarded([proof], ["a", "b"]) == left
