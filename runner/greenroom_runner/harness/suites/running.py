"""The open suite beside an answer: pytest or unittest files, collected once by pytest and then run
one test at a time.

It shares its process with the answer, so nothing that it says is more than an observation. This
module needs pytest and is imported where a job brings a suite.
"""

import linecache
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from greenroom_runner.harness.suites import evidence
from greenroom_runner.harness.suites.evidence import Evidence

_NOT_FOUND = "pytest does not find this test."
_SKIPPED = "It was skipped, and what is skipped proves nothing"
_WRAPPING = ("_pytest.nodes", "_pytest.config", __name__)
"""Where exceptions come from that stand for another one."""
# Folders above the answer's own are nobody's business, and its user may not be able to list them.
_OPTIONS = (
    *("--confcutdir", "{folder}"),
    *("--rootdir", "{folder}", "-c", os.devnull, "--disable-plugin-autoload", "--capture=no"),
    *("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler"),
)
REHEARSED = "test_rehearsal.py"
_REHEARSAL = """
import unittest

import pytest

@pytest.fixture
def one():
    return 1

@pytest.mark.parametrize("number", [1, 2])
def test_cases(one, number):
    assert one == number

class Rehearsed(unittest.TestCase):
    def test_values(self):
        self.assertEqual([1], [2])
"""


class EndedTest(Exception):
    """Stands for what would end pytest as a whole, so that it puts away what the test used."""


class Suite:
    """The tests of one answer, and the plugin by which pytest hands them over."""

    def __init__(self, folder: str, files: Sequence[str], serve: Callable[["Suite"], None]) -> None:
        self._folder = folder
        self._files = files
        self._serve = serve
        self._served = False
        self._items: dict[str, list[pytest.Item]] = {}
        self._problems: dict[str, BaseException] = {}
        """Why a file could not be collected, by its name; empty for the suite as a whole."""
        self._compared: evidence.Compared | None = None
        self._told: list[Evidence] = []
        """What did not pass in the test under way, in order."""
        self._out_of_memory: MemoryError | None = None

    @property
    def out_of_memory(self) -> bool:
        """Whether the answer needed too much while its tests were collected."""
        return any(isinstance(problem, MemoryError) for problem in self._problems.values())

    def run(self, test: str) -> Evidence:
        """Run one test, which is named as pytest does, in all its cases, and return what came of
        it. Lets MemoryError through.
        """
        items = self._items.get(test)
        if not items:
            return self._not_collected(test)
        self._told.clear()
        for place, item in enumerate(items, start=1):
            self._run(item, items[place] if place < len(items) else None)
        return self._told[0] if self._told else evidence.passed()

    def _run(self, item: pytest.Item, following: pytest.Item | None) -> None:
        self._compared = None
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException as problem:  # pytest lets through what would end it as a whole
            self._note(item, problem)
        if self._out_of_memory:
            raise self._out_of_memory

    def _not_collected(self, test: str) -> Evidence:
        problem = self._problems.get(test.partition("::")[0], self._problems.get(""))
        if problem is None:
            return evidence.failed(_NOT_FOUND)
        return evidence.of(problem, self._folder, (), None)

    # --- what pytest asks and tells ---

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self) -> Generator[None, Any, Any]:
        """Put off what is wrong with a conftest.py until its folder is collected."""
        try:
            return (yield)
        except BaseException:
            return None

    def pytest_exception_interact(self, report: Any, call: Any) -> None:
        if isinstance(report, pytest.CollectReport):
            self._problems[report.nodeid.rpartition("/")[2].strip(".")] = _cause(call.excinfo.value)

    def pytest_internalerror(self, excinfo: Any) -> bool:
        self._problems.setdefault("", excinfo.value)
        return True

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        self._problems.setdefault("", excinfo.value)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._items.setdefault(item.nodeid.partition("[")[0], []).append(item)
        self.serve()
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str]:
        self._compared = evidence.Compared(op, left, right)
        return [self._compared.text]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        return (yield from _not_the_end())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        return (yield from _not_the_end())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        return (yield from _not_the_end())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        report = yield
        if report.outcome == "skipped":
            reason = call.excinfo.value if call.excinfo else getattr(report, "wasxfail", "")
            self._keep(item, evidence.failed(f"{_SKIPPED}: {evidence.text_of(reason)}"))
        elif report.outcome == "failed":
            if call.excinfo:
                self._note(item, call.excinfo.value)
            else:
                self._keep(item, evidence.failed(str(report.longrepr)))
        return report

    def _note(self, item: pytest.Item, problem: BaseException) -> None:
        if isinstance(problem, MemoryError):
            self._out_of_memory = problem
        problem = _cause(problem)
        self._keep(item, evidence.of(problem, self._folder, self._files, self._compared))

    def _keep(self, item: pytest.Item, found: Evidence) -> None:
        case = item.name.partition("[")[2].removesuffix("]")
        self._told.append(evidence.in_case(found, case) if case else found)

    # --- serving ---

    def serve(self) -> None:
        if not self._served:
            self._served = True
            self._serve(self)


def collect(folder: str, files: Sequence[str], serve: Callable[[Suite], None]) -> None:
    """Collect the tests of a suite, whose files lie in `folder`, and hand them to `serve`: once,
    whatever becomes of the collecting.
    """
    suite = Suite(folder, files, serve)
    options = [option.format(folder=folder) for option in _OPTIONS]
    tests = [str(Path(folder, name)) for name in files if _holds_tests(name)]
    pytest.main([*options, *tests], plugins=[suite])
    suite.serve()


def rehearse() -> None:
    """Collect and run a few tests of its own, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        Path(folder, REHEARSED).write_text(_REHEARSAL, encoding="utf-8")
        collect(folder, [REHEARSED], _run_all)
    sys.modules.pop(REHEARSED.removesuffix(".py"), None)
    sys.path[:] = [place for place in sys.path if place != folder]
    linecache.clearcache()


def _run_all(suite: Suite) -> None:
    for name in ("test_cases", "Rehearsed::test_values"):
        suite.run(f"{REHEARSED}::{name}")


def _holds_tests(name: str) -> bool:
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def _not_the_end() -> Generator[None, Any, Any]:
    try:
        return (yield)
    except (KeyboardInterrupt, pytest.exit.Exception) as problem:
        raise EndedTest from problem


def _cause(problem: BaseException) -> BaseException:
    """Return what pytest met, not the sentences that it makes of it."""
    while type(problem).__module__ in _WRAPPING and problem.__cause__ is not None:
        problem = problem.__cause__
    return problem
