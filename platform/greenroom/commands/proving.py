"""The bank's questions as the runner proves them."""

from collections.abc import Iterator, Sequence

from greenroom.bank.package import LoadedQuestion
from greenroom.bank.prose import Example
from greenroom_runner.limits import Limits
from greenroom_runner.prove import Case, Package
from greenroom_runner.request import Suite

_EXAMPLE = "example.py"
_LOADED = """\
from greenroom_runner.harness.grading import Answer, check


@check("It ran to its end", visible=True)
def ran(answer: Answer) -> None:
    pass  # an example that raises is never asked
"""


def name_of(question: LoadedQuestion) -> str:
    """Return what a question is called where it is proved."""
    return f"{question.manifest.key or question.manifest.id} {question.manifest.slug}"


def package_of(question: LoadedQuestion) -> Package:
    """Return a complete code question with every answer it brings along."""
    manifest = question.manifest
    assert manifest.profile is not None, "the loader lets no grader pass without one"
    return Package(
        name=name_of(question),
        profile=manifest.profile,
        services=tuple(manifest.services),
        fresh=manifest.fresh,
        main=manifest.answer_files[0],
        grader=question.grader,
        suite=_suite(question),
        limits=Limits(**manifest.limits.model_dump(exclude_none=True)),
        cases=tuple(_cases(question)),
    )


def prose_of(question: LoadedQuestion, examples: Sequence[Example]) -> Package:
    """Return the examples of a question's prose, each of which has to run to its end."""
    return Package(
        name=name_of(question),
        profile="everything",
        services=tuple(question.manifest.services),
        fresh=False,
        main=_EXAMPLE,
        grader=_LOADED,
        suite=None,
        limits=Limits(),
        cases=tuple(Case(one.place, {_EXAMPLE: one.code}, "accepted") for one in examples),
    )


def _suite(question: LoadedQuestion) -> Suite | None:
    if question.suite is None:
        return None
    tests = [check.as_dict() for check in question.checks]
    return Suite.model_validate({"files": question.suite, "tests": tests})


def _cases(question: LoadedQuestion) -> Iterator[Case]:
    yield Case("reference", question.reference, "accepted")
    for style, files in question.alternatives.items():
        yield Case(f"alternatives/{style}", files, "accepted")
    yield Case("starter", question.starter)
    for mutant in question.mutants:
        name = f"mutants/{mutant.verdict}/{mutant.name}"
        yield Case(name, mutant.files, mutant.verdict, mutant.catches)
