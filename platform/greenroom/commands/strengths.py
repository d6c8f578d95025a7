"""`greenroom bank strength`: how many small changes of a reference its checks notice."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from greenroom.bank.loader import STRENGTH
from greenroom.bank.manifest import StrengthManifest
from greenroom.bank.mutation import mutations
from greenroom.bank.package import LoadedQuestion
from greenroom.commands.proving import name_of, package_of
from greenroom.core.errors import GreenroomError
from greenroom_runner.prove import Case, Proof, Prover

MORE_SECONDS = 5.0
"""So much longer than the reference a changed answer may take: some changes make a loop endless."""


class ReferenceRefusedError(GreenroomError):
    """A reference is not accepted as it stands, so its changes show nothing."""


def changed(question: LoadedQuestion) -> list[Case]:
    """Return the question's reference with each small change. What is no Python has none."""
    first = question.manifest.answer_files[0]
    if not first.endswith(".py"):
        return []
    return [
        Case(one.name, {**question.reference, first: one.source})
        for one in mutations(question.reference[first])
    ]


def measured(prover: Prover, question: LoadedQuestion, cases: Sequence[Case]) -> list[Proof]:
    """Judge the changed answers. Raises EngineError, ReferenceRefusedError."""
    package = package_of(question)
    as_it_is = Case("reference", question.reference, "accepted")
    (reference,) = prover.prove(replace(package, cases=(as_it_is,)))
    if reference.faults:
        raise ReferenceRefusedError(f"{name_of(question)}: {reference.faults[0]}")
    seconds = min(package.limits.total_seconds, reference.wall_ms / 1000 + MORE_SECONDS)
    limits = package.limits.model_copy(update={"total_seconds": seconds})
    return list(prover.prove(replace(package, limits=limits, cases=tuple(cases))))


def strength_of(question: LoadedQuestion, proofs: Sequence[Proof]) -> StrengthManifest:
    """Return what was found, with the reasons that the author gave for a survivor before."""
    known = question.strength.survivors if question.strength else ()
    reasons = {one.change: one.why for one in known}
    survived = [proof.case for proof in proofs if proof.verdict == "accepted"]
    return StrengthManifest.model_validate(
        {
            "measured": question.measured_digest,
            "changes": len(proofs),
            "noticed": len(proofs) - len(survived),
            "survivors": [{"change": one, "why": reasons.get(one, "")} for one in survived],
        }
    )


def write(bank: Path, question: LoadedQuestion, strength: StrengthManifest) -> None:
    """Write it beside the question's other files. Raises OSError."""
    lines = [
        "# Written by `greenroom bank strength`. Say of each survivor why it may live.",
        f"measured = {json.dumps(strength.measured)}",
        f"changes = {strength.changes}",
        f"noticed = {strength.noticed}",
    ]
    for survivor in strength.survivors:
        # A JSON string is a TOML string.
        change, why = json.dumps(survivor.change), json.dumps(survivor.why)
        lines += ["", "[[survivors]]", f"change = {change}", f"why = {why}"]
    path = bank / question.folder / STRENGTH
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def line(question: LoadedQuestion, strength: StrengthManifest) -> str:
    """Return it in a line, and below it what survived for no reason."""
    told = (
        f"{name_of(question)}: {strength.noticed} of {strength.changes} changes noticed"
        f" ({strength.rate:.0%})"
    )
    unexplained = [f"  {one.change}" for one in strength.survivors if not one.why]
    return "\n".join([told, *unexplained])
