"""The code questions of the bank on the real engine, as `greenroom bank check` proves them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from greenroom.bank import service
from greenroom.bank.loader import read_bank
from greenroom.bank.package import LoadedQuestion
from greenroom.bank.prose import examples
from greenroom.commands.proving import package_of, prose_of
from greenroom.judging.verdict import verdict_of
from greenroom_runner.prove import SEED, Case, Package, Proof, Prover, unguarded
from tests.support.sandboxes import docker_engine, new_owner

OTHER_SEEDS = (1, 2**62)
BANK = read_bank(service.bank_folder())
QUESTIONS = {
    question.manifest.slug: question
    for question in BANK.questions
    if question.is_complete and question.manifest.kind == "code"
}
WORKERS = 3
WHOLE = ("full-name-hybrid", "validation-error-handler")
"""Two of different kinds, proved with all they have. `greenroom bank check` does that with every
question, and takes long.
"""


@pytest.fixture(scope="module")
def prover() -> Iterator[Prover]:
    with (
        docker_engine(new_owner()) as engine,
        Prover(engine, verdict_of, workers=WORKERS) as prover,
    ):
        yield prover


def test_every_example_in_prose_runs(prover: Prover) -> None:
    """One that a person copies must work. Together they keep all of the prover's workers busy."""
    for package in prose_by_services():
        assert faults(list(prover.prove(package))) == []


def prose_by_services() -> Iterator[Package]:
    """Yield the examples of all questions, those together that have the same services."""
    alike: dict[tuple[str, ...], list[Package]] = {}
    for question in BANK.questions:
        package = prose_of(question, list(examples(service.bank_folder(), question)))
        alike.setdefault(tuple(package.services), []).append(package)
    for packages in alike.values():
        cases = [
            replace(case, name=f"{package.name}, {case.name}")
            for package in packages
            for case in package.cases
        ]
        yield replace(packages[0], cases=tuple(cases))


def test_every_line_of_the_curriculum_that_asks_for_code_is_judged() -> None:
    assert sum(1 for question in QUESTIONS.values() if question.manifest.key) == 38


@pytest.mark.timeout(900)
def test_every_reference_is_accepted_and_no_starter_is(prover: Prover) -> None:
    """Several questions at once: some of them wait for their services most of the time."""

    def ends(question: LoadedQuestion) -> list[Proof]:
        package = package_of(question)
        cases = tuple(case for case in package.cases if case.name in {"reference", "starter"})
        return list(prover.prove(replace(package, cases=cases)))

    with ThreadPoolExecutor(WORKERS) as pool:
        proofs = [proof for both in pool.map(ends, QUESTIONS.values()) for proof in both]
    assert [f"{proof.package}, {fault}" for proof in proofs for fault in faults([proof])] == []
    accepted = [proof for proof in proofs if proof.verdict == "accepted"]
    assert [proof.case for proof in accepted] == ["reference"] * len(QUESTIONS)


@pytest.mark.parametrize("slug", WHOLE)
def test_every_mutant_gets_what_its_folder_says(prover: Prover, slug: str) -> None:
    proofs = list(prover.prove(package_of(QUESTIONS[slug])))
    assert faults(proofs) == []
    accepted = [proof.case for proof in proofs if proof.verdict == "accepted"]
    assert len(accepted) == 1 + len(QUESTIONS[slug].alternatives)
    assert unguarded(proofs, [planned.id for planned in QUESTIONS[slug].checks]) == []


@pytest.mark.parametrize("slug", WHOLE)
def test_a_seed_repeats_a_run_and_another_changes_no_verdict(prover: Prover, slug: str) -> None:
    package = chosen(QUESTIONS[slug])
    first = list(prover.prove(package, SEED))
    assert [result(proof) for proof in prover.prove(package, SEED)] == list(map(result, first))
    for seed in OTHER_SEEDS:
        assert faults(list(prover.prove(package, seed))) == []


def chosen(question: LoadedQuestion) -> Package:
    """Return the question with two answers only: its reference, and the last of its mutants."""
    package = package_of(question)
    by_name: dict[str, Case] = {case.name: case for case in package.cases}
    mutant = max(name for name in by_name if name.startswith("mutants/"))
    return replace(package, cases=(by_name["reference"], by_name[mutant]))


def faults(proofs: list[Proof]) -> list[str]:
    return [f"{proof.case}: {fault}" for proof in proofs for fault in proof.faults]


def result(proof: Proof) -> tuple[str, str, tuple[str, ...]]:
    return proof.case, proof.verdict, proof.failed
