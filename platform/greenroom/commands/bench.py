"""`greenroom bench`: the way of a submission beside plain pytest and beside cold containers."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from greenroom.bank import service
from greenroom.bank.loader import read_bank
from greenroom.bank.package import LoadedQuestion
from greenroom.commands.benching import latency, machine, memory, report, standard, throughput
from greenroom.commands.benching.cold import ColdContainer, cold_container
from greenroom.commands.benching.figures import Aim, Figures, Memory, Throughput, milliseconds
from greenroom.commands.benching.report import Measured
from greenroom.commands.benching.site import Site, running_site
from greenroom.commands.terminal import fail, out, plain_faults, say
from greenroom.core.errors import GreenroomError
from greenroom_runner.engine import EngineError

DEFAULT_QUESTIONS = (standard.SLUG, "full-name-hybrid", "validation-error-handler")


class Part(StrEnum):
    """What is measured."""

    LATENCY = "latency"
    THROUGHPUT = "throughput"
    MEMORY = "memory"


app = typer.Typer(add_completion=False, help="Measure the way of a submission beside other ways.")


@app.command()
@plain_faults
def bench(
    rounds: Annotated[int, typer.Option(min=1, help="How often each side runs.")] = 20,
    seconds: Annotated[
        float, typer.Option(min=1, help="How long each side is kept under load.")
    ] = 20,
    submitters: Annotated[int, typer.Option(min=1, help="How many hand in at once then.")] = 2,
    question: Annotated[
        list[str] | None, typer.Option(help="A question's slug; may be given again.")
    ] = None,
    only: Annotated[
        list[Part] | None, typer.Option(help="A part to measure; may be given again.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--report", help="Where to write the report, an HTML page.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--json", help="Where to write every value, for machines.")
    ] = None,
) -> None:
    """Hand a reference answer in, and run the same checks with pytest, here and in cold containers.

    Starts a site of its own with a data folder of its own. All sides of a figure are measured in
    one run on this machine; let nothing else run on it.
    """
    facts = machine.facts()
    with _prepared(question or DEFAULT_QUESTIONS) as setting:
        measured = Measured(
            facts, *_measured(setting, rounds, seconds, submitters, only or tuple(Part))
        )
    for table in _tables(measured):
        out.print(table)
    _write(page, data, measured)


class _Setting:
    """A site that is up, and the same questions for the other sides."""

    def __init__(self, site: Site, folder: Path, questions: Sequence[LoadedQuestion]) -> None:
        self.site = site
        self.questions = questions
        self.plain = [latency.plain_of(folder, one) for one in questions]


@contextmanager
def _prepared(slugs: Sequence[str]) -> Iterator[_Setting]:
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the user of a cold container reads its checks here
        bank = standard.bank_with_it(folder / "bank", service.bank_folder())
        chosen = [_question(bank, slug) for slug in slugs]
        say("Starting a site ...")
        with running_site(folder, bank) as site:
            yield _Setting(site, folder, chosen)


def _question(bank: Path, slug: str) -> LoadedQuestion:
    questions = read_bank(bank).questions
    found = [one for one in questions if one.is_called(slug) and one.grader is not None]
    if not found:
        fail(f"There is no question {slug} with a grader in the bank.")
    return found[0]


def _measured(
    setting: _Setting, rounds: int, seconds: float, submitters: int, parts: Sequence[Part]
) -> tuple[list[Figures], Throughput | None, Memory | None]:
    with cold_container(setting.plain[0].folder) as cold:
        if cold is None:
            say("No container engine with a sandbox image: cold containers are left out.")
        latencies = _latency(setting, rounds, cold) if Part.LATENCY in parts else []
        load = _throughput(setting, seconds, submitters, cold) if Part.THROUGHPUT in parts else None
        held = _memory(setting) if cold and Part.MEMORY in parts else None
    return latencies, load, held


def _latency(setting: _Setting, rounds: int, cold: ColdContainer | None) -> list[Figures]:
    found = []
    for number, (question, plain) in enumerate(zip(setting.questions, setting.plain, strict=True)):
        say(f"{question.manifest.slug}: {rounds} rounds ...")
        other = cold if number == 0 else None
        found.append(latency.measure(setting.site, plain, question, rounds, other))
    return found


def _throughput(
    setting: _Setting, seconds: float, submitters: int, cold: ColdContainer | None
) -> Throughput | None:
    if cold is None:
        return None
    question, plain, site = setting.questions[0], setting.plain[0], setting.site
    slug, files = question.manifest.slug, dict(question.reference)

    def judge() -> None:
        if (verdict := site.judge(slug, files).verdict) != "accepted":
            raise GreenroomError(f"Under load the reference was judged {verdict}.")

    say(f"{slug}: {submitters} submitters, each side for {seconds:.0f} s ...")
    site.wait_until_warm()
    return Throughput(
        submitters,
        plain=throughput.rate(plain.run, submitters, seconds),
        cold=throughput.rate(cold.run, submitters, seconds),
        site=throughput.rate(judge, submitters, seconds),
    )


def _memory(setting: _Setting) -> Memory:
    say("Memory of warm containers ...")
    try:
        return memory.measure(setting.site.pid, lambda progress: say(str(progress)))
    except EngineError as error:
        raise GreenroomError(str(error)) from error


def _write(page: Path | None, data: Path | None, measured: Measured) -> None:
    for path, text in ((page, report.page), (data, report.data)):
        if path is not None:
            try:
                report.write(path, text(measured))
            except OSError as error:
                raise GreenroomError(f"{path} cannot be written: {error.strerror}.") from error
            say(f"Written: {path}")


def _tables(measured: Measured) -> Iterator[Table]:
    if measured.latency:
        yield _latency_table(measured.latency)
    if measured.throughput:
        yield _throughput_table(measured.throughput)
    if measured.memory:
        yield _memory_table(measured.memory)
    if measured.aims:
        yield _aims_table(measured.aims)


def _latency_table(latencies: Sequence[Figures]) -> Table:
    names = ("question", "checks", "pytest", "Greenroom", "95 %", "first check", "added", "ratio")
    table = _table(f"POST to the last event; {len(latencies[0].plain.seconds)} rounds", names)
    for one in latencies:
        table.add_row(
            one.question,
            str(one.checks),
            milliseconds(one.plain.middle),
            milliseconds(one.site.middle),
            milliseconds(one.site.slow),
            milliseconds(one.first_check.middle),
            milliseconds(one.added.middle),
            f"{one.ratio:.3f} (95 %: {one.slow_ratio:.3f})",
        )
    cold = latencies[0].cold
    in_cold = f" A cold container: {milliseconds(cold.middle)}." if cold.seconds else ""
    table.caption = (
        "Medians. The ratio is Greenroom's time over pytest's; added is what neither loading the "
        f"answer nor its checks took.{in_cold}"
    )
    return table


def _throughput_table(load: Throughput) -> Table:
    names = ("way", "judgements a second", "median", "95 %", "processor each")
    table = _table(f"{load.submitters} submitters", names)
    sides = {"plain pytest": load.plain, "cold container": load.cold, "Greenroom": load.site}
    for name, side in sides.items():
        table.add_row(
            name,
            f"{side.per_second:.2f}",
            milliseconds(side.latency.middle),
            milliseconds(side.latency.slow),
            f"{side.cpu_each:.2f} s",
        )
    table.caption = f"Greenroom over cold containers: {load.ratio:.2f}."
    return table


def _memory_table(held: Memory) -> Table:
    table = _table("Own memory", ("of", "MiB"))
    for name, mib in {**held.containers, **held.processes}.items():
        table.add_row(name, f"{mib:.0f}")
    return table


def _aims_table(aims: Sequence[Aim]) -> Table:
    table = _table("Aims", ("figure", "aim", "measured", ""))
    for aim in aims:
        table.add_row(aim.name, aim.limit, aim.value, "met" if aim.met else "not met")
    return table


def _table(title: str, names: Sequence[str]) -> Table:
    table = Table(title=title)
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left")
    return table
