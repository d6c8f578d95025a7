"""An exercise as a question's folder: complete, and to be changed file by file like any other."""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from greenroom.bank.exercise import Exercise, Given, read_exercise
from greenroom.bank.faults import BankFaultsError, Faults
from greenroom.bank.loader import inspect_bank
from greenroom.bank.manifest import KEBAB
from greenroom.bank.scaffold import write_files
from greenroom.bank.suite import SUITE
from greenroom.core.errors import ConflictError, InvalidInputError, NotFoundError

_TOPIC = "topic.toml"
_MANIFEST = """\
format = 1
id = "q-{slug}"
slug = "{slug}"
kind = "code"
title = {title}
heading = {heading}
difficulty = "{difficulty}"
minutes = {minutes}
tags = {tags}

profile = "{profile}"
answer_files = {answer_files}
"""
_STATEMENT = "Write {files} so that its tests pass. They are shown beside this text.\n"
_MAX_TITLE = 300
_MAX_HEADING = 200


@dataclass(frozen=True)
class Wishes:
    """What the person says of the question; None where the exercise says it."""

    slug: str | None = None
    title: str | None = None
    difficulty: Literal["junior", "mid", "senior"] = "mid"
    minutes: int = 15
    tags: tuple[str, ...] = ()
    profile: str = "pydantic"


@dataclass(frozen=True)
class Imported:
    """A question's folder that is not written yet: where, and each file's text by its path."""

    folder: Path
    slug: str
    files: Mapping[str, str]


def read(source: Path, topic: Path, given: Given, wishes: Wishes) -> Imported:
    """Return the exercise in `source` as a question of the topic's folder. Nothing is written.

    Raises NotFoundError where there is no such topic, InvalidInputError for a name that is none,
    ConflictError where the question is there already, BankFaultsError for all that is wrong with
    the exercise.
    """
    if not (topic / _TOPIC).is_file():
        raise NotFoundError(
            f"{topic} is no topic: it has no {_TOPIC}. Name a topic's folder by --into."
        )
    slug = wishes.slug or re.sub(r"[^a-z0-9]+", "-", source.resolve().name.lower()).strip("-")
    if not KEBAB.fullmatch(slug):
        raise InvalidInputError(
            f"A question's name is of lower-case letters, digits and dashes, not {slug!r}. "
            "Give one by --slug."
        )
    folder = topic / slug
    if folder.exists() or folder.is_symlink():
        raise ConflictError(f"{folder} is there already. Give another name by --slug.")
    faults = Faults()
    exercise = read_exercise(source, given, faults)
    if exercise is None or tuple(faults):
        raise BankFaultsError(tuple(faults))
    files = _files(slug, exercise, wishes)
    _refuse_faulty(topic, slug, files)
    return Imported(folder, slug, files)


def write(imported: Imported) -> None:
    """Write the question's folder. Raises OSError."""
    write_files(imported.folder, imported.files)


def _refuse_faulty(topic: Path, slug: str, files: Mapping[str, str]) -> None:
    """Look at the question as the loader will, before anything of it is in the bank."""
    with tempfile.TemporaryDirectory(prefix="greenroom-import-") as bank:
        place = Path(bank, topic.resolve().name)
        write_files(place, {_TOPIC: (topic / _TOPIC).read_text(encoding="utf-8")})
        write_files(place / slug, files)
        _, faults = inspect_bank(Path(bank))
    inside = f"{place.name}/{slug}"
    if own := [fault for fault in faults if fault.file.startswith(inside)]:
        raise BankFaultsError(own)


def _files(slug: str, exercise: Exercise, wishes: Wishes) -> dict[str, str]:
    names = ", ".join(f"`{name}`" for name in exercise.starter)
    statement = exercise.statement or _STATEMENT.format(files=names)
    files = {
        "question.toml": _manifest(slug, exercise, wishes),
        "statement.md": f"{statement.strip()}\n",
    }
    if exercise.hints:
        files["hints.md"] = "\n\n---\n\n".join(exercise.hints) + "\n"
    folders = {"starter": exercise.starter, "reference": exercise.reference, SUITE: exercise.suite}
    for folder, texts in folders.items():
        files |= {f"{folder}/{name}": text for name, text in texts.items()}
    return files


def _manifest(slug: str, exercise: Exercise, wishes: Wishes) -> str:
    words = slug.replace("-", " ").capitalize()
    heading = exercise.title or words
    return _MANIFEST.format(
        slug=slug,
        title=_line(wishes.title or exercise.blurb or f"{heading}.", _MAX_TITLE),
        heading=_line(heading, _MAX_HEADING),
        difficulty=wishes.difficulty,
        minutes=wishes.minutes,
        tags=_list(wishes.tags),
        profile=wishes.profile,
        answer_files=_list(exercise.starter),
    )


def _line(text: str, most: int) -> str:
    """Return a text as a TOML string of one line."""
    return json.dumps(" ".join(text.split())[:most], ensure_ascii=False).replace("\x7f", "")


def _list(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
