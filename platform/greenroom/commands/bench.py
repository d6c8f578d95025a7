"""`greenroom bench`: how long a submission takes, beside plain pytest with the same checks."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from greenroom.bank import service
from greenroom.bank.loader import read_bank
from greenroom.bank.package import LoadedQuestion
from greenroom.commands.benching import standard
from greenroom.commands.benching.figures import Figures
from greenroom.commands.benching.plain import PlainPytest
from greenroom.commands.benching.site import Judged, Site, running_site
from greenroom.commands.terminal import fail, out, plain_faults, say
from greenroom.core.errors import GreenroomError

TARGET = 0.15
WARM_UPS = 2
DEFAULT_QUESTIONS = (standard.SLUG, "full-name-hybrid", "validation-error-handler")

app = typer.Typer(add_completion=False, help="Measure the way of a submission beside plain pytest.")


@app.command()
@plain_faults
def bench(
    rounds: Annotated[int, typer.Option(min=1, help="How often each side runs.")] = 20,
    question: Annotated[
        list[str] | None, typer.Option(help="A question's slug; may be given again.")
    ] = None,
) -> None:
    """Hand the reference answer in and run the same checks with pytest, by turns.

    Starts a site of its own with a data folder of its own. A round waits until the pool is warm.
    """
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as name:
        folder = Path(name)
        bank = standard.bank_with_it(folder / "bank", service.bank_folder())
        chosen = [_question(bank, name) for name in question or DEFAULT_QUESTIONS]
        say("Starting a site ...")
        with running_site(folder, bank) as site:
            measured = [_measure(site, folder, one, rounds) for one in chosen]
    out.print(_table(measured, rounds))


def _question(bank: Path, slug: str) -> LoadedQuestion:
    questions = read_bank(bank).questions
    found = [one for one in questions if one.is_called(slug) and one.grader is not None]
    if not found:
        fail(f"There is no question {slug} with a grader in the bank.")
    return found[0]


def _measure(site: Site, folder: Path, question: LoadedQuestion, rounds: int) -> Figures:
    slug = question.manifest.slug
    say(f"{slug}: {rounds} rounds ...")
    assert question.grader is not None, "only questions with a grader are chosen"
    plain = PlainPytest(folder / slug, question.grader, question.reference["answer.py"])
    figures = Figures(slug, len(question.checks))
    for number in range(WARM_UPS + rounds):
        seconds, passed = plain.run()
        site.wait_until_warm()
        judged = site.judge(slug, dict(question.reference))
        _require_same(figures, judged, passed)
        if number >= WARM_UPS:
            figures.plain.seconds.append(seconds)
            figures.site.seconds.append(judged.seconds)
            figures.first_check.seconds.append(judged.first_check)
    return figures


def _require_same(figures: Figures, judged: Judged, passed: int) -> None:
    """Refuse to compare what is not the same work."""
    counts = {figures.checks, judged.checks, passed}
    if judged.verdict != "accepted" or len(counts) != 1:
        raise GreenroomError(
            f"{figures.question}: pytest passed {passed} checks, the site ran {judged.checks} of "
            f"{figures.checks} and said {judged.verdict}. There is nothing to compare."
        )


def _table(measured: Sequence[Figures], rounds: int) -> Table:
    table = Table(title=f"POST to the last event, beside `python -m pytest`; {rounds} rounds")
    for name in ("question", "checks", "pytest", "Greenroom", "95 %", "first check", "ratio"):
        table.add_column(name, justify="left" if name == "question" else "right")
    for one in measured:
        table.add_row(
            one.question,
            str(one.checks),
            _ms(one.plain.middle),
            _ms(one.site.middle),
            _ms(one.site.slow),
            _ms(one.first_check.middle),
            f"{one.ratio:.3f} (95 %: {one.slow_ratio:.3f})",
        )
    table.caption = f"Medians. The ratio is Greenroom's time over pytest's; the aim is {TARGET}."
    return table


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
