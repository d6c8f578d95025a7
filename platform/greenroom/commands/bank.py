"""`greenroom bank`: prove the questions on disk, and bring them into the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from greenroom.bank import importing, scaffold, service
from greenroom.bank.exercise import Given
from greenroom.bank.faults import BankFaultsError
from greenroom.bank.importing import Wishes
from greenroom.bank.loader import inspect_bank, read_bank
from greenroom.bank.manifest import StrengthManifest
from greenroom.bank.package import LoadedQuestion
from greenroom.commands import strengths
from greenroom.commands.checking import keep_for_the_site, prove_all, summary, write_json
from greenroom.commands.sandbox import engine_to_prove_on
from greenroom.commands.terminal import fail, out, plain_faults, say
from greenroom.core import migrate
from greenroom.core.config import settings
from greenroom.core.db import engine, transaction
from greenroom.judging.verdict import verdict_of
from greenroom_runner.engine import EngineError
from greenroom_runner.prove import SEED, Prover

app = typer.Typer(add_completion=False, help="The question bank.", no_args_is_help=True)
Folder = Annotated[
    Path | None,
    typer.Argument(
        help="A bank's folder. Left out: the one that the settings name.", metavar="[FOLDER]"
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(help="A question by key, slug, id or folder; may be given again."),
]
Sandbox = Annotated[
    Literal["docker", "local"] | None,
    typer.Option(help="Where answers run. Left out: as `greenroom serve` decides."),
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


@app.command("import")
@plain_faults
def import_exercise(  # noqa: PLR0913, PLR0917 - one for each option
    exercise: Annotated[
        Path, typer.Argument(help="An exercise in Exercism's format, or a folder of tests.")
    ],
    into: Annotated[Path, typer.Option(help="The folder of the topic that it becomes part of.")],
    slug: Annotated[
        str | None, typer.Option(help="The question's name. Left out: the exercise's.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="What is asked, in a line. Left out: the exercise's blurb.")
    ] = None,
    difficulty: Annotated[
        Literal["junior", "mid", "senior"], typer.Option(help="For whom it is.")
    ] = "mid",
    minutes: Annotated[int, typer.Option(min=1, max=480, help="How long it may take.")] = 15,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given again.")] = None,
    profile: Annotated[
        Literal["pydantic", "sqlalchemy", "fastapi", "everything"],
        typer.Option(help="Which libraries wait for its answers."),
    ] = "pydantic",
    starter: Annotated[
        Path | None, typer.Option(help="The stub, where the folder names none.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="A solution, where the folder names none.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    sandbox: Sandbox = None,
) -> None:
    """Write an exercise as a question whose tests are shown, and prove it."""
    wishes = Wishes(slug, title, difficulty, minutes, tuple(tag or ()), profile)
    imported = importing.read(exercise, into, Given(starter, reference), wishes)
    for name, text in imported.files.items():
        out.print(f"{imported.folder / name}, {len(text.encode()):,} bytes", highlight=False)
    if dry_run:
        out.print("Nothing is written.")
        return
    try:
        importing.write(imported)
    except OSError as error:
        fail(f"{error.filename} cannot be written: {error.strerror}.")
    out.print(f"Written. Proving it: greenroom bank check --only {imported.slug}", highlight=False)
    check(imported.folder.resolve().parent.parent, [imported.slug], sandbox)


@app.command()
@plain_faults
def check(
    folder: Folder = None,
    only: Only = None,
    sandbox: Sandbox = None,
    seed: Annotated[
        int, typer.Option(min=0, help="What random inputs are drawn with.", show_default=True)
    ] = SEED,
    repeat: Annotated[
        int, typer.Option(min=1, help="How often, each time with the next seed.")
    ] = 1,
    report: Annotated[
        Path | None, typer.Option("--json", help="Where to write all of it, for machines.")
    ] = None,
    static: Annotated[
        bool, typer.Option("--static", help="Look at the files only; run nothing.")
    ] = False,
) -> None:
    """Prove the bank: every reference is accepted, every mutant refused by the checks it names, and
    the code in its prose runs.
    """
    place = folder or service.bank_folder()
    bank, faults = inspect_bank(place)
    if faults:
        raise BankFaultsError(faults)
    chosen = _chosen(bank.questions, only or [])
    complete = [one for one in chosen if one.is_complete]
    out.print(f"{_counted(len(chosen))} read; their files are in order.", highlight=False)
    if static:
        return
    seeds = range(seed, seed + repeat)
    found = []
    if complete:
        with _proving(sandbox) as prover:
            found = prove_all(prover, place, complete, seeds)
    if rest := len(chosen) - sum(1 for one in found if one.ran_anything):
        out.print(f"{_counted(rest)} with nothing to run.", highlight=False)
    out.print(summary(found, chosen))
    keep_for_the_site(found)
    if report is not None:
        try:
            write_json(report, found, chosen)
        except OSError as error:
            fail(f"{report} cannot be written: {error.strerror}.")
    if bad := sum(one.bad for one in found):
        fail(f"{bad} cases are not as they must be.")


@app.command()
@plain_faults
def strength(folder: Folder = None, only: Only = None, sandbox: Sandbox = None) -> None:
    """Change each reference in small ways, see how many changes its checks notice, and keep that
    beside the question.
    """
    place = folder or service.bank_folder()
    chosen = _chosen(read_bank(place).questions, only or [])
    judged = [one for one in chosen if one.is_complete and one.manifest.kind == "code"]
    with _proving(sandbox) as prover:
        for question in judged:
            if cases := strengths.changed(question):
                proofs = strengths.measured(prover, question, cases)
                _keep(place, question, strengths.strength_of(question, proofs))


def _keep(bank: Path, question: LoadedQuestion, found: StrengthManifest) -> None:
    try:
        strengths.write(bank, question, found)
    except OSError as error:
        fail(f"{error.filename} cannot be written: {error.strerror}.")
    out.print(strengths.line(question, found), highlight=False)


def _counted(questions: int) -> str:
    return f"{questions} question{'s' if questions != 1 else ''}"


def _chosen(questions: Sequence[LoadedQuestion], names: Sequence[str]) -> list[LoadedQuestion]:
    for name in names:
        if not any(question.is_called(name) for question in questions):
            fail(f"There is no question called {name} in this bank.")
    return [one for one in questions if not names or any(one.is_called(name) for name in names)]


@contextmanager
def _proving(sandbox: str | None) -> Iterator[Prover]:
    """Have an engine to prove on; a fault of it ends the command with one sentence."""
    try:
        with Prover(engine_to_prove_on(settings(), sandbox, say), verdict_of) as prover:
            yield prover
    except EngineError as error:
        fail(str(error))
