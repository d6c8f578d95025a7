"""The bank from disk to objects: all of its faults together, or all of its questions.

Nothing of a question is executed; that a grader judges as it should is proved in the sandbox.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from greenroom.bank import markdown
from greenroom.bank.answers import Answers, refuse_unfinished, sort_answers
from greenroom.bank.checks import PlannedCheck
from greenroom.bank.digest import folder_stamp, grading_digest, package_digest
from greenroom.bank.faults import BankFault, BankFaultsError, Faults
from greenroom.bank.files import entries, read_package, read_text
from greenroom.bank.grader import planned_checks
from greenroom.bank.links import check_links
from greenroom.bank.manifest import (
    KEBAB,
    QuestionManifest,
    RubricManifest,
    StrengthManifest,
    TopicManifest,
)
from greenroom.bank.package import Files, LoadedBank, LoadedQuestion, LoadedTopic
from greenroom.bank.rubric import rendered
from greenroom.bank.suite import SUITE, planned_tests
from greenroom.bank.together import MANIFEST, TOPIC, check_together
from greenroom.bank.toml import read_toml
from greenroom.core.errors import ConfigurationError

STATEMENT, GRADER, RUBRIC = "statement.md", "grader.py", "rubric.toml"
SOLUTION, STRENGTH = "solution.md", "strength.toml"
KNOWN = {MANIFEST, STATEMENT, "hints.md", SOLUTION, GRADER, RUBRIC, STRENGTH}
FOLDERS = {"starter", "reference", "alternatives", "mutants", SUITE}
README = "README.md"
_EXTRA = 1000
"""Questions without a key stand behind those that have one."""
_RULE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def read_bank(folder: Path) -> LoadedBank:
    """Return the whole bank, or raise a BankFaultsError with everything that is wrong."""
    bank, faults = inspect_bank(folder)
    if faults:
        raise BankFaultsError(faults)
    return bank


def inspect_bank(folder: Path) -> tuple[LoadedBank, tuple[BankFault, ...]]:
    """Return what could be read of the bank, and all faults; with faults it is not whole."""
    faults = Faults()
    try:
        stamp = folder_stamp(folder)
        topics = _topics(folder, faults)
    except OSError as error:
        raise ConfigurationError(
            f"The question bank cannot be read: {error.filename}: {error.strerror}. "
            "Set GREENROOM_QUESTION_BANK to a folder of questions."
        ) from None
    bank = LoadedBank(tuple(sorted(topics, key=lambda topic: topic.manifest.number)), stamp)
    check_together(bank, faults)
    check_links(bank, faults)
    return bank, tuple(faults)


def _topics(folder: Path, faults: Faults) -> list[LoadedTopic]:
    found = entries(folder)
    if not found:
        faults.add(".", "The bank is empty. It has a folder for each topic.")
    topics = []
    for entry in found:
        if entry.is_dir() and not entry.is_symlink():
            topics.append(_topic(Path(entry.path), entry.name, faults))
        elif entry.name != README:
            faults.add(entry.name, "It is no topic's folder. Remove it.")
    return [topic for topic in topics if topic]


def _topic(folder: Path, slug: str, faults: Faults) -> LoadedTopic | None:
    _expect_kebab(slug, slug, faults)
    text = read_text(folder / TOPIC, f"{slug}/{TOPIC}", faults)
    manifest = text and read_toml(text, f"{slug}/{TOPIC}", TopicManifest, faults)
    questions = []
    for entry in entries(folder):
        if entry.is_dir() and not entry.is_symlink():
            questions.append(_question(Path(entry.path), slug, entry.name, faults))
        elif entry.name != TOPIC:
            faults.add(f"{slug}/{entry.name}", "It is no question's folder. Remove it.")
    if not manifest:
        return None
    order = sorted((found for found in questions if found), key=lambda question: question.position)
    return LoadedTopic(
        slug=slug,
        manifest=manifest,
        blurb_html=str(markdown.render(manifest.blurb)),
        why_html=str(markdown.render(manifest.why)),
        here=tuple(
            {"says_html": str(markdown.render(one.says)), "file": one.file, "name": one.name}
            for one in manifest.here
        ),
        questions=tuple(order),
    )


def _question(folder: Path, topic: str, name: str, faults: Faults) -> LoadedQuestion | None:
    place = f"{topic}/{name}"
    _expect_kebab(name, place, faults)
    texts = read_package(folder, place, faults)
    if MANIFEST not in texts:
        if not faults.of(place):
            faults.add(f"{place}/{MANIFEST}", "It is missing. Every question has one.")
        return None
    manifest = read_toml(texts[MANIFEST], f"{place}/{MANIFEST}", QuestionManifest, faults)
    if manifest is None:
        return None
    _check_layout(texts, manifest, place, faults)
    grader, suite = texts.get(GRADER), _suite(texts)
    checks = _checks(grader, suite, manifest, place, faults)
    answers = sort_answers(
        texts, manifest.answer_files, frozenset(check.id for check in checks), place, faults
    )
    if grader is not None or suite is not None:
        _check_judged(answers, manifest, place, faults, hidden=suite is None)
    statement = markdown.render(texts.get(STATEMENT, ""))
    return LoadedQuestion(
        folder=place,
        topic=topic,
        manifest=manifest,
        position=_position(manifest),
        statement_html=str(statement),
        statement_text=markdown.plain(statement),
        hints_html=tuple(_hints(texts.get("hints.md", ""))),
        solution_html=str(markdown.render(texts.get(SOLUTION, ""))),
        starter=answers.starter,
        reference=answers.reference,
        alternatives=answers.alternatives,
        mutants=tuple(answers.mutants),
        grader=grader,
        suite=suite,
        checks=checks,
        rubric=_rubric(texts.get(RUBRIC), f"{place}/{RUBRIC}", faults),
        strength=_strength(texts.get(STRENGTH), f"{place}/{STRENGTH}", faults),
        digest=package_digest({name: texts[name] for name in texts if name != STRENGTH}),
        grading_digest=grading_digest(grader, suite, limits_and_files(manifest)),
    )


def _suite(texts: Files) -> Files | None:
    """Return the files of an open suite by name, None where there are none."""
    inside = f"{SUITE}/"
    found = {path: text for path, text in texts.items() if path.startswith(inside)}
    return {path.removeprefix(inside): text for path, text in found.items()} or None


def _checks(
    grader: str | None, suite: Files | None, manifest: QuestionManifest, place: str, faults: Faults
) -> tuple[PlannedCheck, ...]:
    if suite is not None and grader is not None:
        faults.add(f"{place}/{GRADER}", "It stands beside a suite. A question is judged one way.")
    if suite is not None:
        return planned_tests(suite, manifest.answer_files, f"{place}/{SUITE}", faults)
    if grader is not None:
        return planned_checks(grader, f"{place}/{GRADER}", manifest.services, faults)
    return ()


def limits_and_files(manifest: QuestionManifest) -> dict[str, Any]:
    """Return under what a grader runs, beside its own text."""
    return {
        "profile": manifest.profile,
        "services": manifest.services,
        "fresh": manifest.fresh,
        "files": manifest.answer_files,
        "limits": manifest.limits.model_dump(exclude_none=True),
    }


def _expect_kebab(name: str, place: str, faults: Faults) -> None:
    if not KEBAB.fullmatch(name):
        faults.add(place, "The folder's name is not in small-letters-with-dashes. Rename it.")


def _check_layout(
    texts: Mapping[str, str], manifest: QuestionManifest, place: str, faults: Faults
) -> None:
    key = (manifest.key or manifest.shows or "").replace(".", "-")
    if place.rpartition("/")[2] != f"{key}-{manifest.slug}".lstrip("-"):
        wanted = f"{key}-{manifest.slug}".lstrip("-")
        faults.add(place, f"Its folder is not named after its key and slug. Call it {wanted}.")
    if not texts.get(STATEMENT, "").strip():
        faults.add(f"{place}/{STATEMENT}", "It is missing or empty. Say what is asked.")
    foreign = (
        {GRADER, SUITE, "starter", "mutants", STRENGTH} if manifest.kind == "explain" else {RUBRIC}
    )
    for path in texts:
        first, _, inner = path.partition("/")
        if path not in KNOWN and (first not in FOLDERS or not inner):
            faults.add(f"{place}/{path}", "A question has no such file. Remove it.")
        elif first in foreign:
            faults.add(f"{place}/{path}", f"This does not belong to a question to {manifest.kind}.")


def _check_judged(
    answers: Answers, manifest: QuestionManifest, place: str, faults: Faults, *, hidden: bool
) -> None:
    refuse_unfinished(answers, manifest.answer_files, place, faults, hidden=hidden)
    if manifest.profile is None:
        faults.add(
            f"{place}/{MANIFEST}",
            "It is missing. A question with checks has it.",
            field="profile",
        )


def _position(manifest: QuestionManifest) -> int:
    """Return a question's place in its topic: those without a key come last, in the order of what
    they show.
    """
    if manifest.key:
        return int(manifest.key.partition(".")[2])
    return _EXTRA + (int(manifest.shows.partition(".")[2]) if manifest.shows else 0)


def _hints(text: str) -> Iterable[str]:
    return (str(markdown.render(part)) for part in _RULE.split(text) if part.strip())


def _rubric(text: str | None, file: str, faults: Faults) -> dict[str, Any] | None:
    manifest = None if text is None else read_toml(text, file, RubricManifest, faults)
    return rendered(manifest) if manifest else None


def _strength(text: str | None, file: str, faults: Faults) -> StrengthManifest | None:
    return None if text is None else read_toml(text, file, StrengthManifest, faults)
