"""`greenroom bank`: prove the questions on disk, and bring them into the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from greenroom.bank import scaffold, service
from greenroom.bank.faults import BankFaultsError
from greenroom.bank.loader import inspect_bank, read_bank
from greenroom.bank.package import LoadedQuestion
from greenroom.commands.proving import package_of
from greenroom.commands.sandbox import engine_to_prove_on
from greenroom.commands.terminal import fail, out, plain_faults, say
from greenroom.core import migrate
from greenroom.core.config import settings
from greenroom.core.db import engine, transaction
from greenroom.judging.verdict import verdict_of
from greenroom_runner.engine import EngineError
from greenroom_runner.prove import SEED, Proof, Prover, unguarded

app = typer.Typer(add_completion=False, help="The question bank.", no_args_is_help=True)
Folder = Annotated[
    Path | None,
    typer.Argument(
        help="A bank's folder. Left out: the one that the settings name.", metavar="[FOLDER]"
    ),
]


@app.command()
@plain_faults
def load(folder: Folder = None) -> None:
    """Bring the bank's folders into the database. What has not changed is left as it is."""
    migrate.require_current(engine())
    with transaction() as session:
        report = service.load(session, read_bank(folder or service.bank_folder()))
        counts = {
            "new": len(report.new),
            "changed": len(report.changed),
            "retired": len(report.retired),
            "unchanged": report.unchanged,
        }
    out.print(", ".join(f"{count} {name}" for name, count in counts.items()), highlight=False)


@app.command()
@plain_faults
def new(
    topic: Annotated[str, typer.Argument(help="The topic's folder.")],
    question: Annotated[str, typer.Argument(help="The question's name, in kebab-case.")],
    kind: Annotated[Literal["code", "explain"], typer.Option(help="What is asked for.")] = "code",
    bank: Annotated[
        Path | None, typer.Option(help="A bank's folder. Left out: the one that the settings name.")
    ] = None,
) -> None:
    """Write a new question's folder: a small one that is proved as it stands, to be changed."""
    try:
        folder = scaffold.write(bank or service.bank_folder(), topic, question, kind)
    except OSError as error:
        fail(f"{error.filename} cannot be written: {error.strerror}.")
    out.print(f"Written: {folder}", highlight=False)
    out.print(f"Change it file by file, then: greenroom bank check --only {question}")


@app.command()
@plain_faults
def check(
    folder: Folder = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A question by key, slug, id or folder; may be given again."),
    ] = None,
    sandbox: Annotated[
        Literal["docker", "local"] | None,
        typer.Option(help="Where answers run. Left out: as `greenroom serve` decides."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="What random inputs are drawn with.", show_default=True)
    ] = SEED,
    static: Annotated[
        bool, typer.Option("--static", help="Look at the files only; run nothing.")
    ] = False,
) -> None:
    """Prove the bank: every reference is accepted, every mutant refused by the checks it names."""
    bank, faults = inspect_bank(folder or service.bank_folder())
    if faults:
        raise BankFaultsError(faults)
    chosen = _chosen(bank.questions, only or [])
    proved = [one for one in chosen if one.is_complete and one.manifest.kind == "code"]
    rest = len(chosen) - len(proved)
    out.print(f"{len(chosen)} questions read; their files are in order.", highlight=False)
    if static or not proved:
        return
    bad = _prove_all(proved, sandbox, seed)
    if rest:
        out.print(f"{rest} questions bring no checks: nothing to prove.", highlight=False)
    if bad:
        fail(f"{bad} cases are not as they must be.")


def _chosen(questions: Sequence[LoadedQuestion], names: Sequence[str]) -> list[LoadedQuestion]:
    for name in names:
        if not any(question.is_called(name) for question in questions):
            fail(f"There is no question called {name} in this bank.")
    return [one for one in questions if not names or any(one.is_called(name) for name in names)]


def _prove_all(questions: Sequence[LoadedQuestion], sandbox: str | None, seed: int) -> int:
    bad = 0
    try:
        with Prover(engine_to_prove_on(settings(), sandbox, say), verdict_of) as prover:
            for question in questions:
                bad += _prove(prover, question, seed)
    except EngineError as error:
        fail(str(error))
    return bad


def _prove(prover: Prover, question: LoadedQuestion, seed: int) -> int:
    package = package_of(question)
    proofs = []
    for proof in prover.prove(package, seed):
        proofs.append(proof)
        for fault in proof.faults:
            say(f"{package.name}, {proof.case}: {fault}")
    # Of a hidden check nobody sees by reading what it refuses.
    hidden = question.checks if question.suite is None else ()
    never = unguarded(proofs, [planned.id for planned in hidden])
    for name in never:
        say(f"{package.name}: no answer fails {name}. Write a mutant that does.")
    bad = sum(1 for proof in proofs if proof.faults) + len(never)
    out.print(_line(package.name, proofs, bad), highlight=False)
    return bad


def _line(name: str, proofs: Sequence[Proof], bad: int) -> str:
    accepted = sum(1 for proof in proofs if proof.verdict == "accepted")
    state = "proved" if not bad else "[bold]NOT PROVED[/bold]"
    return f"{name}: {state}, {accepted} accepted, {len(proofs) - accepted} refused"
