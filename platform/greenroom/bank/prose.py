"""Code in prose. Whoever reads an example may try it, so each one has to run by itself, or else to
say that it is a part of something: its fence reads "python fragment" then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from greenroom.bank.loader import SOLUTION
from greenroom.bank.package import LoadedQuestion

_RUNS = "python"


@dataclass(frozen=True)
class Example:
    """A code block that claims to run. `place` names it to its author."""

    place: str
    code: str


def examples(bank: Path, question: LoadedQuestion) -> Iterator[Example]:
    """Yield what runs by itself of a question's model answer or solution page."""
    if question.rubric is not None:
        yield from _of(question.rubric["model_answer"], "model_answer")
    if question.solution_html:
        solution = bank / question.folder / SOLUTION
        yield from _of(solution.read_text(encoding="utf-8"), SOLUTION)


def _of(text: str, name: str) -> Iterator[Example]:
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence" and token.info.strip() == _RUNS and token.map:
            yield Example(f"{name}, line {token.map[0] + 1}", token.content)
