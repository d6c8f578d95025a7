"""The answers of a package: starter, reference, alternatives, mutants, and what each must have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from greenroom.bank.faults import Faults
from greenroom.bank.package import Files, Mutant
from greenroom.bank.suite import SUITE

MUTANT_VERDICTS = (
    "wrong_answer",
    "runtime_error",
    "syntax_error",
    "time_limit",
    "memory_limit",
    "output_limit",
)
_CATCHES = re.compile(r"^#\s*catches:\s*(?P<ids>.*)$")
_OPENING = 10
"""Lines in which `# catches:` is looked for."""


@dataclass
class Answers:
    """What was found; `alternatives` by their style."""

    starter: dict[str, str] = field(default_factory=dict)
    reference: dict[str, str] = field(default_factory=dict)
    alternatives: dict[str, dict[str, str]] = field(default_factory=dict)
    mutants: list[Mutant] = field(default_factory=list)


def sort_answers(
    texts: Files, names: list[str], checks: frozenset[str], place: str, faults: Faults
) -> Answers:
    """Sort a package's answers; `names` are the files of an answer, `checks` the grader's ids."""
    found = Answers()
    suffix = PurePath(names[0]).suffix
    mutants: dict[str, str] = {}
    for path, text in texts.items():
        folder, *inner = path.split("/")
        if folder == "mutants":
            mutants[path] = text
        elif folder != SUITE and inner and not _keep(found, folder, inner, text, names):
            fault = f"It is no part of an answer ({', '.join(names)}). Remove it."
            faults.add(f"{place}/{path}", fault)
    for path, text in mutants.items():
        if fault := _misplaced(path.split("/")[1:], suffix):
            faults.add(f"{place}/{path}", fault)
            continue
        found.mutants.append(_mutant(path, text, found.reference, names[0]))
        _check_catches(found.mutants[-1], checks, f"{place}/{path}", faults)
    return found


def _keep(found: Answers, folder: str, inner: list[str], text: str, names: list[str]) -> bool:
    if inner[-1] not in names:
        return False
    match folder, inner:
        case "starter", [name]:
            found.starter[name] = text
        case "reference", [name]:
            found.reference[name] = text
        case "alternatives", [style, name]:
            found.alternatives.setdefault(style, {})[name] = text
        case _:
            return False
    return True


def _misplaced(inner: list[str], suffix: str) -> str:
    """Return why a file below mutants/ is none, or nothing. `suffix` is that of the first file."""
    if inner[:1] and inner[0] not in MUTANT_VERDICTS:
        return f"There is no verdict {inner[0]}. Use one of: {', '.join(MUTANT_VERDICTS)}."
    if len(inner) != len(("verdict", "mistake")) or not inner[-1].endswith(suffix):
        return f"A mutant is one file: mutants/<verdict>/<mistake>{suffix}."
    return ""


def _mutant(path: str, text: str, reference: Mapping[str, str], main: str) -> Mutant:
    """Return a mutant: its text stands for the first file, the others are the reference's."""
    _, verdict, name = path.split("/", 2)
    return Mutant(PurePath(name).stem, verdict, {**reference, main: text}, caught_by(text))


def caught_by(text: str) -> tuple[str, ...]:
    """Return the ids of the checks that a mutant says must fail."""
    lines = (_CATCHES.match(line) for line in text.splitlines()[:_OPENING])
    ids = (part.strip() for line in lines if line for part in line["ids"].split(","))
    return tuple(name for name in ids if name)


def _check_catches(mutant: Mutant, checks: frozenset[str], file: str, faults: Faults) -> None:
    if not mutant.catches and mutant.verdict != "syntax_error":
        faults.add(file, "It does not say which checks must fail. Begin it with `# catches: ...`.")
    for name in mutant.catches:
        if name not in checks:
            faults.add(file, f"It names a check that is not there: {name}.", line=1)


def refuse_unfinished(
    found: Answers, names: list[str], place: str, faults: Faults, *, hidden: bool
) -> None:
    """Note what a question with checks lacks. Where they are hidden, nobody sees by reading that a
    wrong answer fails them: mutants have to show it.
    """
    whole: dict[str, Mapping[str, str]] = {"starter": found.starter, "reference": found.reference}
    whole |= {f"alternatives/{style}": files for style, files in found.alternatives.items()}
    for folder, files in whole.items():
        for name in names:
            if name not in files:
                faults.add(
                    f"{place}/{folder}/{name}", "It is missing. A question with checks has it."
                )
    if hidden and not found.mutants:
        faults.add(
            f"{place}/mutants", "There is none. A grader that refuses nothing proves nothing."
        )
