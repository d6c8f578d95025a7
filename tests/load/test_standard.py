"""The question that figures are told of is a whole one, and proved like any other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom.bank.loader import read_bank
from greenroom.bank.package import LoadedQuestion
from greenroom.commands.benching import standard
from greenroom.commands.benching.plain import PlainPytest
from greenroom.commands.proving import package_of
from greenroom.judging.verdict import verdict_of
from greenroom_runner.prove import Prover, unguarded
from tests.support.bank_folder import write_bank
from tests.support.sandboxes import docker_engine, new_owner


@pytest.fixture
def question(tmp_path: Path) -> LoadedQuestion:
    bank = standard.bank_with_it(tmp_path / "both", write_bank(tmp_path / "bank"))
    return next(one for one in read_bank(bank).questions if one.is_called(standard.SLUG))


@pytest.fixture
def prover() -> Iterator[Prover]:
    with docker_engine(new_owner()) as engine, Prover(engine, verdict_of, workers=1) as prover:
        yield prover


def test_it_is_proved(question: LoadedQuestion, prover: Prover) -> None:
    proofs = list(prover.prove(package_of(question)))
    assert [(proof.case, proof.faults) for proof in proofs if proof.faults] == []
    assert unguarded(proofs, [planned.id for planned in question.checks]) == []


def test_plain_pytest_passes_the_same_checks(question: LoadedQuestion, tmp_path: Path) -> None:
    assert question.grader is not None
    plain = PlainPytest(tmp_path / "plain", question.grader, question.reference["answer.py"])
    assert plain.run()[1] == len(question.checks) == 5
