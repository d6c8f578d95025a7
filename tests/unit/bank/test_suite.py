"""What an open suite plans, read as pytest would find it."""

import textwrap

import pytest

from greenroom.bank.checks import PlannedCheck
from greenroom.bank.faults import Faults
from greenroom.bank.suite import MAX_FILES, MAX_TESTS, planned_tests


def planned(**files: str) -> tuple[PlannedCheck, ...]:
    checks, faults = read(**files)
    assert faults == []
    return checks


def read(**files: str) -> tuple[tuple[PlannedCheck, ...], list[str]]:
    faults = Faults()
    texts = {f"{name}.py": textwrap.dedent(text) for name, text in files.items()}
    return planned_tests(texts, ("answer.py",), "suite", faults), [str(fault) for fault in faults]


def named_in(source: str) -> list[str]:
    return [check.test.partition("::")[2] for check in planned(test_it=source)]


def test_functions_are_checks_that_all_may_see() -> None:
    source = '''
    def test_adds():
        """It adds two numbers.

        And more.
        """
    def helper(): ...
    def test_is_quick(): ...
    '''
    assert planned(test_it=source) == (
        PlannedCheck("test_adds", "It adds two numbers.", "", "visible", "test_it.py::test_adds"),
        PlannedCheck("test_is_quick", "Is quick", "", "visible", "test_it.py::test_is_quick"),
    )


def test_methods_of_test_classes_are_checks_of_their_class() -> None:
    source = """
    import unittest
    class TestPlain:
        def test_one(self): ...
        class TestWithin:
            def test_two(self): ...
    class Case(unittest.IsolatedAsyncioTestCase):
        async def test_three(self): ...
        def helper(self): ...
    class Other:
        def test_never(self): ...
    """
    checks = planned(test_it=source)
    assert [(check.group, check.test) for check in checks] == [
        ("TestPlain", "test_it.py::TestPlain::test_one"),
        ("TestPlain::TestWithin", "test_it.py::TestPlain::TestWithin::test_two"),
        ("Case", "test_it.py::Case::test_three"),
    ]


def test_what_a_class_inherits_within_the_file_is_its_own() -> None:
    source = """
    from unittest import TestCase
    class Mixin:
        def test_first(self): ...
        def test_again(self): ...
    class Base(TestCase): ...
    class Case(Mixin, Base):
        def test_again(self): ...
        test_none = None
    """
    assert named_in(source) == ["Case::test_first", "Case::test_again"]


def test_classes_that_inherit_from_each_other_end() -> None:
    source = "class TestA(TestB):\n    def test_a(self): ...\nclass TestB(TestA): ...\n"
    assert named_in(source) == ["TestA::test_a", "TestB::test_a"]


@pytest.mark.parametrize(
    "mark",
    [
        "pytest.mark.skip",
        "pytest.mark.skip(reason='later')",
        "mark.xfail(strict=True)",
        "unittest.skip('later')",
        "skip('later')",
        "unittest.expectedFailure",
    ],
)
def test_what_is_marked_to_be_left_out_is_no_check(mark: str) -> None:
    kept = "def test_kept(): ...\n"
    assert named_in(f"{kept}@{mark}\ndef test_it(): ...\n") == ["test_kept"]
    assert named_in(f"{kept}@{mark}\nclass TestIt:\n    def test_it(self): ...\n") == ["test_kept"]


def test_what_may_be_left_out_is_a_check() -> None:
    assert named_in("@pytest.mark.skipif(True)\ndef test_it(): ...\n") == ["test_it"]


def test_only_files_with_the_names_of_test_files_hold_tests() -> None:
    source = "def test_it(): ...\n"
    checks = planned(test_a="", conftest=source, it_test=source, helpers=source)
    assert [check.test for check in checks] == ["it_test.py::test_it"]


def test_names_that_are_there_twice_are_told_apart_by_class_and_file() -> None:
    one = "def test_it(): ...\n"
    two = "class TestA:\n    def test_it(self): ...\n"
    assert ids(planned(test_a=one + "def test_b(): ...\n")) == ["test_it", "test_b"]
    assert ids(planned(test_a=one + two)) == ["test_a_test_it", "testa_test_it"]
    assert ids(planned(test_a=one + two, test_b=two)) == [
        "test_a_test_it",
        "test_a_testa_test_it",
        "test_b_testa_test_it",
    ]
    assert ids(planned(test_a="def test_Größe(): ...\n")) == ["test_gr__e"]


def ids(checks: tuple[PlannedCheck, ...]) -> list[str]:
    return [check.id for check in checks]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"test_it": "def (:\n"}, "suite/test_it.py, line 1: It is not valid Python: "),
        ({"helpers": ""}, "suite: It has no test. Write a test_*.py with functions called test_"),
        ({"test_it": "async def test_it(): ...\n"},
         "suite/test_it.py, line 1, test_it: pytest alone runs no async test."),
        ({"test_it": "def test_it(): ...\ndef test_it(): ...\n"},
         "suite: Two checks are called test_it_test_it. Rename one."),
        ({"test_it": "def test_it(): ...\n", "answer": ""},
         "suite/answer.py: A file of the answer has this name. Choose another."),
        ({"test_it": "def test_it(): ...\n", "data/more": ""},
         "suite/data/more.py: A suite has no folders. Put the file beside the tests."),
        ({"test_it": "".join(f"def test_{n}(): ...\n" for n in range(MAX_TESTS + 1))},
         "suite: It has more than 200 tests. Remove some."),
        ({"test_it": "def test_it(): ...\n"} | {f"h{n}": "" for n in range(MAX_FILES)},
         "suite: It has more than 16 files. Remove some."),
    ],
)  # fmt: skip
def test_what_keeps_a_suite_from_running_is_a_fault(files: dict[str, str], fault: str) -> None:
    _, faults = read(**files)
    assert len(faults) == 1
    assert faults[0].startswith(fault)
