"""The bank's questions as the runner proves them."""

from collections.abc import Iterator

from greenroom.bank.package import LoadedQuestion
from greenroom_runner.limits import Limits
from greenroom_runner.prove import Case, Package
from greenroom_runner.request import Suite


def package_of(question: LoadedQuestion) -> Package:
    """Return a complete code question with every answer it brings along."""
    manifest = question.manifest
    assert manifest.profile is not None, "the loader lets no grader pass without one"
    return Package(
        name=f"{manifest.key or manifest.id} {manifest.slug}",
        profile=manifest.profile,
        services=tuple(manifest.services),
        fresh=manifest.fresh,
        main=manifest.answer_files[0],
        grader=question.grader,
        suite=_suite(question),
        limits=Limits(**manifest.limits.model_dump(exclude_none=True)),
        cases=tuple(_cases(question)),
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
