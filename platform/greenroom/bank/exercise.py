"""Exercises as others keep them: a folder in Exercism's format, or tests with a stub.

An exercise comes from strangers and is read as data. What it names is looked for inside its folder
only, no link is followed, and all faults are told together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ValidationError

from greenroom.bank.faults import Faults
from greenroom.bank.files import entries, read_text
from greenroom.bank.package import Files
from greenroom.bank.suite import is_test_file

CONFIG = ".meta/config.json"
_STATEMENT = (".docs/introduction.md", ".docs/instructions.md", ".docs/instructions.append.md")
_HINTS = ".docs/hints.md"
_STUB = "Write a stub there, or name one by --starter."
_SOLUTION = "Write a solution there, or name one by --reference."
_TITLE = re.compile(r"\A\s*#[ \t][^\n]*\n?")
_SECTION = re.compile(r"^##[ \t]+", re.MULTILINE)
_LINK = re.compile(r"^\[[^\]\n]+\]:[ \t]*\S.*\n?", re.MULTILINE)


class _Named(BaseModel):
    """The files that an exercise is made of, by what they are."""

    solution: list[str]
    test: list[str]
    example: list[str] = []
    exemplar: list[str] = []
    editor: list[str] = []


class _Config(BaseModel):
    """What is used of the exercise's configuration."""

    files: _Named
    title: str = ""
    blurb: str = ""


@dataclass(frozen=True)
class Given:
    """Files that a person names beside the exercise; they go before its own."""

    starter: Path | None = None
    reference: Path | None = None


@dataclass(frozen=True)
class Exercise:
    """An exercise as it was found; each file under its own name, without folders."""

    starter: Files
    reference: Files
    suite: Files
    title: str = ""
    blurb: str = ""
    statement: str = ""
    hints: tuple[str, ...] = ()


def read_exercise(folder: Path, given: Given, faults: Faults) -> Exercise | None:
    """Return the exercise in `folder`. With a fault it is None or not whole."""
    if not folder.is_dir():
        faults.add(str(folder), "There is no such folder. Name the folder of an exercise.")
        return None
    reader = _Reader(folder, faults)
    return _exercism(reader, given) if reader.has(CONFIG) else _plain(reader, given)


class _Reader:
    """Reads what an exercise names, and notes what cannot be read."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self.folder = folder
        self.faults = faults

    def has(self, name: str) -> bool:
        """Whether there is anything of this name, be it a broken link."""
        path = self.folder / name
        return path.exists() or path.is_symlink()

    def text(self, name: str, remedy: str) -> str:
        """Return a file's text, or nothing and a fault; `remedy` is for one that is missing."""
        path = PurePosixPath(name)
        ways = [path, *path.parents[:-1]] if path.name else []
        if not ways or path.is_absolute() or ".." in path.parts or "\0" in name:
            self.faults.add(
                CONFIG, f"It names {name!r}, which is no file of the exercise. Mend it."
            )
        elif link := next((one for one in ways if (self.folder / one).is_symlink()), None):
            self.faults.add(str(link), "It is a symbolic link. Put the file itself there.")
        elif not self.has(name):
            self.faults.add(name, f"It is missing. {remedy}")
        else:
            return read_text(self.folder / path, name, self.faults) or ""
        return ""

    def texts(self, names: Sequence[str], remedy: str) -> dict[str, str]:
        """Return files by their last names."""
        return {PurePosixPath(name).name: self.text(name, remedy) for name in names}

    def optional(self, name: str) -> str:
        """Return a file's text, nothing where there is no such file."""
        return self.text(name, "") if self.has(name) else ""

    def given(self, path: Path) -> str:
        """Return the text of a file that the person named."""
        return read_text(path, str(path), self.faults) or ""


def _exercism(reader: _Reader, given: Given) -> Exercise | None:
    config = _config(reader)
    if config is None:
        return None
    named = config.files
    if (given.starter or given.reference) and len(named.solution) > 1:
        sentence = "Its solution has several files: --starter and --reference stand for one."
        reader.faults.add(CONFIG, sentence)
        return None
    parts = (_TITLE.sub("", reader.optional(name)).strip() for name in _STATEMENT)
    return Exercise(
        starter=_starter(reader, named, given),
        reference=_reference(reader, named, given),
        suite=reader.texts([*named.test, *named.editor], f"{CONFIG} names it: put it there."),
        title=config.title,
        blurb=config.blurb,
        statement="\n\n".join(filter(None, parts)),
        hints=_hints(reader.optional(_HINTS)),
    )


def _config(reader: _Reader) -> _Config | None:
    text = reader.text(CONFIG, "")
    try:
        config = _Config.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = " ".join(map(str, first["loc"]))
        if text:
            reader.faults.add(CONFIG, f"{first['msg']}. Mend it.", field=place)
        return None
    if not config.files.solution or not config.files.test:
        reader.faults.add(CONFIG, "It names no solution or no test. Add them.", field="files")
        return None
    return config


def _starter(reader: _Reader, named: _Named, given: Given) -> Files:
    if given.starter:
        return {PurePosixPath(named.solution[0]).name: reader.given(given.starter)}
    return reader.texts(named.solution, _STUB)


def _reference(reader: _Reader, named: _Named, given: Given) -> Files:
    """Return the example solution under the names of the stub's files."""
    names = [PurePosixPath(name).name for name in named.solution]
    if given.reference:
        return {names[0]: reader.given(given.reference)}
    examples = named.example or named.exemplar
    if len(examples) != len(names):
        sentence = "It names no example for each file of the solution. Name one by --reference."
        reader.faults.add(CONFIG, sentence, field="files example")
        return {}
    texts = (reader.text(example, _SOLUTION) for example in examples)
    return dict(zip(names, texts, strict=True))


def _plain(reader: _Reader, given: Given) -> Exercise | None:
    """Read a folder of tests, whatever else lies beside them: helpers, data, the statement."""
    if given.starter is None or given.reference is None:
        sentence = "Name the stub by --starter and a solution by --reference."
        reader.faults.add(
            str(reader.folder), f"It has no {CONFIG}, so it is a folder of tests. {sentence}"
        )
        return None
    apart = {path.resolve() for path in (given.starter, given.reference)}
    names = [
        entry.name
        for entry in entries(reader.folder)
        if (reader.folder / entry.name).resolve() not in apart and not entry.is_dir()
    ]
    if not any(map(is_test_file, names)):
        reader.faults.add(
            str(reader.folder), "It has no tests. They are in files called test_*.py."
        )
    return Exercise(
        starter={given.starter.name: reader.given(given.starter)},
        reference={given.starter.name: reader.given(given.reference)},
        suite=reader.texts([name for name in names if not name.endswith(".md")], ""),
        statement=_TITLE.sub("", reader.optional("README.md")).strip(),
        hints=_hints(reader.optional("hints.md")),
    )


def _hints(text: str) -> tuple[str, ...]:
    """Return a text's sections as hints, each with the links that the text defines at its end."""
    links = "".join(_LINK.findall(text))
    _, *sections = _SECTION.split(_LINK.sub("", text))
    return tuple(f"### {section.strip()}\n\n{links}".strip() for section in sections)
