"""Imports and transactions: what the layers of pyproject.toml cannot say."""

from itertools import chain

from tests.architecture import rules
from tests.architecture.source import ROOT, place, product_modules, tree_of

HARNESS = ROOT / "runner" / "greenroom_runner" / "harness"
SUITES = HARNESS / "suites"
INSIDE_SERVICES = HARNESS / "services" / "inside"


def test_imports_stand_at_the_top() -> None:
    # A container loads its profile's libraries while it warms up, so the harness is excepted.
    found = [
        place(path, line)
        for path in product_modules()
        if not path.is_relative_to(HARNESS)
        for line in rules.local_imports(tree_of(path))
    ]
    assert not found, f"an import inside a function hides a cycle: {found}"


def test_services_and_queries_never_end_a_transaction() -> None:
    platform = ROOT / "platform" / "greenroom"
    found = [
        place(path, line)
        for path in chain(
            platform.rglob("service.py"), platform.rglob("queries.py"), platform.rglob("models.py")
        )
        for line in rules.commits(tree_of(path))
    ]
    assert not found, f"the edge commits (route, task, command), not the service: {found}"


def test_the_harness_starts_with_the_standard_library_alone() -> None:
    # What runs inside the processes of services is imported there alone, and what runs the tests of
    # an open suite where a job brings one.
    found = [
        f"{place(path, line)} {module}"
        for path in sorted(HARNESS.rglob("*.py"))
        if not (path.is_relative_to(INSIDE_SERVICES) or path.is_relative_to(SUITES))
        for line, module in rules.imported_at_start(tree_of(path))
        if not (rules.is_standard_library(module) or module.startswith("greenroom_runner.harness"))
    ]
    assert not found, f"the container's own processes use the standard library only: {found}"
