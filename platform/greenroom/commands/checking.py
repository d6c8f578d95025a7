"""`greenroom bank check`: what was found out about each question, and how it is told."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from greenroom.bank import proofs
from greenroom.bank.manifest import StrengthManifest
from greenroom.bank.package import LoadedQuestion
from greenroom.bank.proofs import Report
from greenroom.bank.prose import examples
from greenroom.commands.proving import name_of, package_of, prose_of
from greenroom.commands.terminal import out, say
from greenroom.core import migrate
from greenroom.core.db import engine, transaction
from greenroom_runner.prove import Proof, Prover, unguarded


@dataclass(frozen=True)
class Found:
    """What the proofs of one question came to."""

    question: LoadedQuestion
    proofs: tuple[Proof, ...] = ()
    """Of the answers that it brings along, once for every seed."""
    examples: tuple[Proof, ...] = ()
    """Of the code in its model answer or solution page."""
    never_failed: tuple[str, ...] = ()
    """Hidden checks that no answer failed."""

    @property
    def name(self) -> str:
        """What it is called where it is proved."""
        return name_of(self.question)

    @property
    def ran_anything(self) -> bool:
        """Whether there was anything to run: some explain questions hold no code."""
        return bool(self.proofs or self.examples)

    @property
    def bad(self) -> int:
        """How much is not as it must be."""
        return sum(1 for proof in self._ran() if proof.faults) + len(self.never_failed)

    @property
    def slowest_ms(self) -> float:
        """How long the slowest answer that is right took, to load and to be checked."""
        return max((one.wall_ms for one in self._accepted), default=0.0)

    @property
    def closest(self) -> Proof | None:
        """The answer that is right and came closest to a limit."""
        return max(self._accepted, key=lambda one: one.used, default=None)

    def line(self) -> str:
        """Return it in a line."""
        state = "proved" if not self.bad else "[bold]NOT PROVED[/bold]"
        told = [state]
        if self.proofs:
            accepted = len(self._accepted)
            told += [f"{accepted} accepted", f"{len(self.proofs) - accepted} refused"]
        if self.examples:
            ran = sum(1 for proof in self.examples if not proof.faults)
            told += [f"{ran} of {len(self.examples)} examples run"]
        return f"{self.name}: {', '.join(told)}"

    def as_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            **self.report().model_dump(mode="json"),
            "name": self.name,
            "proofs": [asdict(proof) for proof in self.proofs],
            "examples": [asdict(proof) for proof in self.examples],
            "never_failed": self.never_failed,
        }

    def report(self) -> Report:
        """Return it in figures, as the site keeps it for authors."""
        accepted = len(self._accepted)
        closest, strength = self.closest, strength_as_it_is(self.question)
        return Report(
            proved=not self.bad,
            accepted=accepted,
            refused=len(self.proofs) - accepted,
            examples=len(self.examples),
            repeats=max(1, sum(1 for proof in self.proofs if proof.case == "reference")),
            slowest_ms=self.slowest_ms,
            used=closest.used if closest else 0.0,
            limit=closest.limit if closest else "",
            strength=strength and strength.rate,
            unexplained=sum(1 for one in strength.survivors if not one.why) if strength else 0,
            faults=[
                *(f"{one.case}: {fault}" for one in self._ran() for fault in one.faults),
                *(f"No answer fails {check}." for check in self.never_failed),
            ],
        )

    @property
    def _accepted(self) -> list[Proof]:
        return [proof for proof in self.proofs if proof.verdict == "accepted"]

    def _ran(self) -> Iterator[Proof]:
        yield from (*self.proofs, *self.examples)


def prove_all(
    prover: Prover, bank: Path, questions: Sequence[LoadedQuestion], seeds: Sequence[int]
) -> list[Found]:
    """Prove each question with each seed, telling how far it is and what is wrong. Raises
    EngineError.
    """
    found = []
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=len(questions))
        for question in questions:
            progress.update(task, description=name_of(question))
            one = _found(prover, bank, question, seeds)
            if one.ran_anything:
                out.print(one.line(), highlight=False)
            found.append(one)
            progress.advance(task)
    return found


def _found(prover: Prover, bank: Path, question: LoadedQuestion, seeds: Sequence[int]) -> Found:
    judged, never = [], []
    if question.manifest.kind == "code":
        package = package_of(question)
        for seed in seeds:
            judged += _told(package.name, prover.prove(package, seed))
        # Of a hidden check nobody sees by reading what it refuses.
        hidden = question.checks if question.suite is None else ()
        never = unguarded(judged, [planned.id for planned in hidden])
        for check in never:
            say(f"{package.name}: no answer fails {check}. Write a mutant that does.")
    prose = prose_of(question, list(examples(bank, question)))
    ran = _told(prose.name, prover.prove(prose, seeds[0])) if prose.cases else []
    return Found(question, tuple(judged), tuple(ran), tuple(never))


def _told(name: str, proofs: Iterator[Proof]) -> list[Proof]:
    """Collect the proofs, saying at once what is wrong."""
    found = []
    for proof in proofs:
        found.append(proof)
        for fault in proof.faults:
            say(f"{name}, {proof.case}: {fault}")
    return found


def summary(found: Sequence[Found], questions: Sequence[LoadedQuestion]) -> Table:
    """Return what it came to in all."""
    keyed = [one for one in questions if one.manifest.key]
    complete = sum(1 for one in keyed if one.is_complete)
    runs = [proof for one in found for proof in one.proofs]
    slowest = max(found, key=lambda one: one.slowest_ms, default=None)
    table = Table(box=None, show_header=False)
    ran = [one for one in found if one.ran_anything]
    table.add_row("questions proved", f"{sum(1 for one in ran if not one.bad)} of {len(ran)}")
    table.add_row("answers judged", str(len(runs)))
    table.add_row("examples run", str(sum(len(one.examples) for one in found)))
    if slowest is not None and slowest.slowest_ms:
        table.add_row("slowest right answer", f"{slowest.slowest_ms:.0f} ms, {slowest.name}")
    if close := [one.closest for one in found if one.closest]:
        closest = max(close, key=lambda proof: proof.used)
        told = f"{closest.used:.0%} of {closest.limit}, {closest.package}"
        table.add_row("closest to a limit", told)
    table.add_row("strength", _strength([one for one in questions if one.grader or one.suite]))
    table.add_row("curriculum covered", f"{complete} of {len(keyed)}")
    return table


def _strength(judged: Sequence[LoadedQuestion]) -> str:
    measured = [
        (strength.rate, name_of(one)) for one in judged if (strength := strength_as_it_is(one))
    ]
    told = f"measured for {len(measured)} of {len(judged)}"
    if measured:
        rate, name = min(measured)
        told += f", the lowest {rate:.0%}, {name}"
    return told


def strength_as_it_is(question: LoadedQuestion) -> StrengthManifest | None:
    """Return a question's strength, None where checks or reference have changed since."""
    strength = question.strength
    return strength if strength and strength.measured == question.measured_digest else None


def keep_for_the_site(found: Sequence[Found]) -> None:
    """Let authors see on the site what was found, where the site has its tables already."""
    if migrate.state(engine()) != "current":
        say("The site has no tables yet, so it does not show this. `greenroom serve` makes them.")
        return
    with transaction() as session:
        for one in found:
            manifest = one.question.manifest
            proofs.keep(session, manifest.id, one.question.digest, one.report())


def write_json(path: Path, found: Sequence[Found], questions: Sequence[LoadedQuestion]) -> None:
    """Write everything that was found. Raises OSError."""
    lacking = [name_of(one) for one in questions if not one.is_complete]
    told = {"questions": [one.as_dict() for one in found], "incomplete": lacking}
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
