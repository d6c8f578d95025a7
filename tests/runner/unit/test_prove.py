"""What counts as proof, weighed by itself."""

from collections.abc import Sequence

import pytest

from greenroom_runner.engine import EngineError
from greenroom_runner.events import Check, Finished, Usage
from greenroom_runner.limits import Limits
from greenroom_runner.prove import Case, Proof, _faults, _too_close, most_used, unguarded


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


LIMITS = Limits(check_seconds=2, total_seconds=10, memory_mib=100)


@pytest.mark.parametrize(
    ("check_ms", "usage", "expected"),
    [
        ((100, 1000), Usage(load_ms=10, checks_ms=1100), (0.5, "check_seconds")),
        ((100,), Usage(load_ms=8900, checks_ms=100), (0.9, "total_seconds")),
        ((100,), Usage(load_ms=10, checks_ms=100, peak_memory_kib=70 * 1024), (0.7, "memory_mib")),
        ((), Usage(load_ms=1000), (0.1, "total_seconds")),
    ],
)
def test_the_limit_that_is_closest_is_named(
    check_ms: tuple[int, ...], usage: Usage, expected: tuple[float, str]
) -> None:
    checks = [Check(id="a", status="passed", ms=ms) for ms in check_ms]
    finished = Finished(outcome="completed", usage=usage)
    used, limit = most_used(LIMITS, checks, finished)
    assert (round(used, 6), limit) == expected


def test_a_right_answer_that_comes_close_to_a_limit_is_a_fault() -> None:
    right, wrong = Case("reference", {}, "accepted"), mutant("a")
    assert list(_too_close(right, 0.8, "memory_mib")) == []
    assert list(_too_close(wrong, 0.9, "memory_mib")) == []
    assert list(_too_close(right, 0.81, "memory_mib")) == [
        "It uses 81% of memory_mib. Leave more room: a slower machine would refuse it."
    ]
