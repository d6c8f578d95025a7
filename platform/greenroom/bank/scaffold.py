"""A new question's folder: small, whole and proved as it stands, to be changed file by file."""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from greenroom.bank.manifest import KEBAB
from greenroom.core.errors import ConflictError, InvalidInputError, NotFoundError

Kind = Literal["code", "explain"]

_MANIFEST = """\
format = 1
id = "q-{slug}"
slug = "{slug}"
kind = "{kind}"
title = "{title}"
difficulty = "mid"
minutes = 15
tags = []
"""
_PROFILE = """
profile = "pydantic"
answer_files = ["answer.py"]
"""
_CODE = {
    "statement.md": """\
A receipt greets its customer by name. Write the function that does.

- `greeting(name)` returns `Hello, ` followed by the name and a full stop.
- White space around the name is left out.

```python
greeting("Ada")  # "Hello, Ada."
```

Not asked: other languages, titles.
""",
    "hints.md": """\
Where does the white space go?
---
Look at `str.strip`.
""",
    "solution.md": """\
Clean the name first, then build the sentence.

```python fragment
return f"Hello, {name.strip()}."
```
""",
    "starter/answer.py": """\
def greeting(name: str) -> str:
    raise NotImplementedError  # your code goes here
""",
    "reference/answer.py": """\
def greeting(name: str) -> str:
    return f"Hello, {name.strip()}."
""",
    "alternatives/by_format/answer.py": """\
def greeting(name: str) -> str:
    return "Hello, {}.".format(name.strip())
""",
    "mutants/wrong_answer/keeps_the_space.py": """\
# catches: leaves_white_space_out
def greeting(name: str) -> str:
    return f"Hello, {name}."
""",
    "mutants/wrong_answer/always_the_same_name.py": """\
# catches: greets_by_name, leaves_white_space_out
def greeting(name: str) -> str:
    return "Hello, Ada."
""",
    "grader.py": '''\
"""Checks for a greeting."""

from random import Random

from greenroom_runner.harness.grading import Answer, check

NAMES = ["Grace", "Alan", "Barbara", "Edsger", "Ødegård"]


@check("It greets by name", group="basics", visible=True, hint="Use the name that is given.")
def greets_by_name(answer: Answer, random: Random) -> None:
    name = random.choice(NAMES)
    assert answer.call("greeting", name) == f"Hello, {name}.", "The greeting names its customer."


@check("It leaves white space out", group="edges", hint="What if the name has a space behind it?")
def leaves_white_space_out(answer: Answer, random: Random) -> None:
    name = random.choice(NAMES)
    seen = answer.call("greeting", f"  {name} ")
    assert seen == f"Hello, {name}.", "White space around a name is left out."
''',
}
_EXPLAIN = {
    "statement.md": "Explain it as you would to an interviewer, in two minutes.\n",
    "rubric.toml": '''\
model_answer = """
The two sentences that you would say first. Then how it works and why, when not to use it, and the
trap that you have seen.
"""
sources = []

[[key_points]]
id = "first-point"
claim = "A claim that can be said or missed."
weight = 2
why = "Why it matters."
said = ["a wording that counts", "another one"]

[[misconceptions]]
wrong = "A wrong sentence, as people say it."
signs = ["words that give it away"]
correction = "What is right, in two sentences."

[[follow_ups]]
prompt = "What is asked next?"
when = "missed:first-point"
good = "What a good reply holds."
''',
}


def write(bank: Path, topic: str, slug: str, kind: Kind) -> Path:
    """Write a new question's folder and return it. Raises NotFoundError where the bank has no such
    topic, InvalidInputError for a name that is none, ConflictError for one that is taken.
    """
    if not (bank / topic / "topic.toml").is_file():
        raise NotFoundError(
            f"{bank} has no topic {topic}. A topic is a folder with a topic.toml; "
            "write that first, or name one that is there."
        )
    if not KEBAB.fullmatch(slug):
        raise InvalidInputError(
            f"A question's name is of lower-case letters, digits and dashes, not {slug!r}."
        )
    folder = bank / topic / slug
    if folder.exists():
        raise ConflictError(f"{folder} is there already. Choose another name.")
    if owner := _owner(bank, slug):
        raise ConflictError(
            f"{owner} has that name already. Choose another, or add what it lacks to that folder."
        )
    write_files(folder, _files(slug, kind))
    return folder


def _owner(bank: Path, slug: str) -> Path | None:
    """Return the folder of the question that has this slug. A manifest that cannot be read is none:
    `bank check` tells of it.
    """
    for manifest in sorted(bank.glob("*/*/question.toml")):
        with suppress(OSError, ValueError):
            if tomllib.loads(manifest.read_text(encoding="utf-8")).get("slug") == slug:
                return manifest.parent
    return None


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write each text at its path below `folder`, and make the folders. Raises OSError."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _files(slug: str, kind: Kind) -> dict[str, str]:
    title = slug.replace("-", " ").capitalize() + "."
    manifest = _MANIFEST.format(slug=slug, kind=kind, title=title)
    if kind == "explain":
        return {"question.toml": manifest, **_EXPLAIN}
    return {"question.toml": manifest + _PROFILE, **_CODE}
