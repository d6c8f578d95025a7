"""Open suites beside an answer, in real processes of this machine: what is run, and what is told of
what does not pass.
"""

import textwrap
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from greenroom_runner.engine import Sandbox
from greenroom_runner.events import Check, Event, Finished
from greenroom_runner.local import LocalEngine
from greenroom_runner.session import await_ready, judge
from tests.support.agents import run_request
from tests.support.open_suites import suite_of

ENGINE = LocalEngine(bubblewrap=False)
START_SECONDS = 60
Judge = Callable[..., list[Event]]


@pytest.fixture(scope="module")
def judging() -> Iterator[Sandbox]:
    sandbox = ENGINE.start_judge("test")
    await_ready(sandbox, START_SECONDS)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def judged(judging: Sandbox) -> Judge:
    """Judge an answer by a suite and return the events."""

    def run(answer: str, test_it: str, changes: dict[str, Any] | None = None) -> list[Event]:
        files = {"test_it.py": textwrap.dedent(test_it), **(changes or {}).pop("suite", {})}
        given = {"answer.py": textwrap.dedent(answer)}
        request = run_request(None, given, suite=suite_of(files), **(changes or {}))
        candidate = ENGINE.start_candidate(request.profile, request.beside)
        try:
            await_ready(candidate, START_SECONDS)
            events: list[Event] = []
            last = judge(request, candidate, judging, events.append, threading.Event())
            return [*events, last]
        finally:
            candidate.stop()

    return run


def checks(events: list[Event]) -> list[Check]:
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.outcome == "completed", last
    return [event for event in events if isinstance(event, Check)]


def statuses(events: list[Event]) -> list[tuple[str, str]]:
    return [(check.id, check.status) for check in checks(events)]


ADDS = "def add(left, right):\n    return left + right\n"
WRONG = "def add(left, right):\n    print('adding')\n    return left - right\n"


def test_a_comparison_of_pytest_is_told_with_both_sides(judged: Judge) -> None:
    suite = """
    from answer import add

    def test_plain():
        assert add(2, 3) == 5

    def test_said():
        assert add(2, 3) == 5, "2 and 3 make 5."

    def test_lists():
        assert list(range(add(9, 3), 40)) == list(range(12, 40))

    def test_within():
        assert "x" in [add(1, 1)]

    def test_true():
        assert add(1, 1)

    def test_caught_before():
        try:
            assert add(1, 1) == 7
        except AssertionError:
            pass
        assert not add(2, 1)
    """
    plain, said, lists, within, true, caught = checks(judged(WRONG, suite))
    assert plain.status == "failed"
    assert (plain.expected, plain.actual) == ("5", "-1")
    assert plain.message == "assert -1 == 5"
    assert plain.output == "adding\n"
    assert [(line.file, line.line, line.source) for line in plain.traceback] == [
        ("test_it.py", 5, "assert add(2, 3) == 5")
    ]
    assert said.message == "2 and 3 make 5."
    assert lists.diff
    assert (within.expected, within.actual) == ("in [0]", "'x'")
    assert (true.expected, true.actual) == (None, None)
    assert true.message.startswith("assert 0\n +  where 0 = add(1, 1)")
    assert (caught.expected, caught.status) == (None, "failed")


def test_a_comparison_of_unittest_is_told_with_both_sides(judged: Judge) -> None:
    suite = """
    import unittest
    from answer import add

    class AddTest(unittest.TestCase):
        def test_equal(self):
            self.assertEqual(add(2, 3), 5)
        def test_said(self):
            self.assertEqual(add(2, 3), 5, msg="2 and 3 make 5.")
        def test_sub(self):
            for right in (0, 1):
                with self.subTest(right=right):
                    self.assertEqual(add(2, right), 2 + right)
        def test_raises(self):
            with self.assertRaises(TypeError):
                add(1, 1)
        def test_less(self):
            self.assertLess(5, add(2, 3))
        def test_true(self):
            self.assertTrue(add(1, 1), "Something.")
    """
    equal, said, sub, raises, less, true = checks(judged(WRONG, suite))
    assert {each.status for each in (equal, said, sub, raises, less, true)} == {"failed"}
    assert (equal.message, equal.expected, equal.actual) == ("-1 != 5", "5", "-1")
    assert [line.file for line in equal.traceback] == ["test_it.py"]
    assert said.message == "2 and 3 make 5."
    assert (sub.expected, sub.actual) == ("3", "1")
    assert raises.message == "TypeError not raised"
    assert (less.expected, less.actual) == ("< -1", "5")
    assert true.message == "0 is not true : Something."


def test_an_error_is_told_with_the_lines_of_the_answer(judged: Judge) -> None:
    answer = """
    def add(left, right):
        return inner(left)

    def inner(left):
        raise LookupError("nothing there")

    def checked(left):
        assert left > 5, "the answer's own"
    """
    suite = """
    import pytest
    from answer import add, checked

    def test_error():
        add(1, 2)

    def test_own_assertion():
        checked(1)

    @pytest.fixture
    def broken():
        return add(1, 2)

    def test_fixture(broken): ...

    def test_fails():
        pytest.fail("It is not there.")

    def test_raises():
        with pytest.raises(ValueError):
            pass
    """
    error, own, fixture, fails, raises = checks(judged(answer, suite))
    assert (error.status, error.error) == ("error", "LookupError: nothing there")
    assert [(line.file, line.function) for line in error.traceback] == [
        ("test_it.py", "test_error"),
        ("answer.py", "add"),
        ("answer.py", "inner"),
    ]
    assert error.outer_frames == 0
    assert (own.status, own.error) == ("error", "AssertionError: the answer's own")
    assert (fixture.status, fixture.error) == ("error", "LookupError: nothing there")
    assert (fails.status, fails.message) == ("failed", "It is not there.")
    assert raises.status == "failed"
    assert raises.message.startswith("DID NOT RAISE")


def test_cases_run_inside_their_check(judged: Judge) -> None:
    suite = """
    import pytest
    from answer import add

    @pytest.mark.parametrize("right", [0, 4, 5])
    def test_cases(right):
        assert add(1, right) == 1 + right, "They add up."

    @pytest.mark.parametrize("right", [0], ids=["a zero"])
    def test_passes(right):
        assert add(1, right) == 1
    """
    cases, passes = checks(judged(WRONG, suite))
    assert (cases.status, cases.message) == ("failed", "Case 4: They add up.")
    assert cases.output == "adding\n" * 3
    assert passes.status == "passed"


def test_what_is_skipped_is_never_passed(judged: Judge) -> None:
    suite = """
    import unittest
    import pytest
    import answer

    def test_runs(): ...

    def test_skips():
        pytest.skip("not today")

    @pytest.mark.skipif(True, reason="never here")
    def test_where(): ...

    def test_expects_to_fail():
        pytest.xfail("it is known")

    @pytest.mark.parametrize("case", [1, pytest.param(2, marks=pytest.mark.xfail)])
    def test_one_case(case):
        assert case == 1

    class Case(unittest.TestCase):
        def test_method(self):
            self.skipTest("nor this")
        @unittest.skipIf(True, "never")
        def test_condition(self): ...
    """
    found = checks(judged(ADDS, suite))
    assert [check.status for check in found] == ["passed", *["failed"] * 6]
    assert found[1].message == "It was skipped, and what is skipped proves nothing: not today"
    assert all("proves nothing" in check.message for check in found[1:])


def test_tests_share_nothing_unless_the_question_says_so(judged: Judge) -> None:
    answer = "from pathlib import Path\nseen = []\n"
    suite = """
    import answer, pytest

    @pytest.fixture(scope="module", autouse=True)
    def around():
        answer.seen.append("set up")
        yield
        answer.seen.append("torn down")

    def test_first():
        answer.Path("left.txt").write_text("left")
        assert answer.seen == ["set up"]

    def test_second():
        assert not answer.Path("left.txt").exists()
        assert answer.seen == ["set up"]
    """
    assert statuses(judged(answer, suite)) == [("test_first", "passed"), ("test_second", "passed")]
    first, second = statuses(judged(answer, suite, {"fresh": False}))
    assert (first, second) == (("test_first", "passed"), ("test_second", "failed"))


@pytest.mark.parametrize("fresh", [True, False])
def test_a_crash_costs_its_test_alone(judged: Judge, fresh: bool) -> None:
    answer = "import os, sys\n\ndef leave(): os._exit(0)\n\ndef end(): sys.exit(0)\n"
    suite = """
    from answer import leave, end

    def test_before(): ...
    def test_leaves(): leave()
    def test_between(): ...
    def test_ends(): end()
    def test_interrupts(): raise KeyboardInterrupt
    def test_after(): ...
    """
    events = judged(answer, suite, {"fresh": fresh})
    assert [status for _, status in statuses(events)] == [
        "passed", "error", "passed", "error", "error", "passed",
    ]  # fmt: skip
    leaves, ends = checks(events)[1], checks(events)[3]
    assert leaves.message == "The answer's process ended by itself (exit code 0)."
    assert ends.error == "SystemExit: 0"


def test_helpers_and_a_conftest_lie_beside_the_tests(judged: Judge) -> None:
    changes = {
        "suite": {
            "conftest.py": "import pytest\nfrom answer import add\n\n"
            "@pytest.fixture\ndef five():\n    return add(2, 3)\n",
            "numbers.txt": "5",
        }
    }
    suite = """
    from pathlib import Path

    def test_it(five, tmp_path, capsys):
        assert five == int(Path(__file__).with_name("numbers.txt").read_text())
        print("said")
        assert capsys.readouterr().out == "said\\n"
    """
    assert statuses(judged(ADDS, suite, changes)) == [("test_it", "passed")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("x = 1\n", "ImportError: cannot import name 'add' from 'answer' (answer.py)"),
        ("def add(): raise ValueError('no')\n", "ValueError: no"),
        ("def add(): raise SystemExit(3)\n", "SystemExit: 3"),
        ("def add(): raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
@pytest.mark.parametrize("name", ["test_it.py", "conftest.py"])
def test_a_suite_that_cannot_be_collected_says_why_in_each_check(
    judged: Judge, answer: str, error: str, name: str
) -> None:
    head = "from answer import add\nadd()\n"
    tests = "def test_one(): ...\n\ndef test_two(): ...\n"
    files = {"test_it.py": tests, "conftest.py": ""}
    files[name] = head + files[name]
    found = checks(judged(answer, files.pop("test_it.py"), {"suite": files}))
    assert [check.status for check in found] == ["error", "error"]
    assert {check.error for check in found} == {error}
    assert all(name in [line.file for line in check.traceback] for check in found)


def test_one_file_that_cannot_be_collected_leaves_the_others(judged: Judge) -> None:
    changes = {"suite": {"test_other.py": "from answer import more\ndef test_more(): ...\n"}}
    events = judged(ADDS, "def test_it(): ...\n", changes)
    assert statuses(events) == [("test_it", "passed"), ("test_more", "error")]


def test_a_test_that_is_gone_does_not_pass(judged: Judge) -> None:
    suite = "import pytest\npytest.skip('all', allow_module_level=True)\ndef test_it(): ...\n"
    [check] = checks(judged(ADDS, suite))
    assert (check.status, check.message) == ("failed", "pytest does not find this test.")


def test_values_may_not_want_to_be_looked_at(judged: Judge) -> None:
    answer = """
    class Shy:
        def __repr__(self): raise RuntimeError("do not look")
        def __eq__(self, other): return False
        __hash__ = None

    class Liar(Exception):
        def __str__(self): raise RuntimeError

    def give(): return Shy()
    def lie(): raise Liar
    """
    suite = """
    import unittest
    from answer import give, lie

    def test_plain():
        assert give() == 5

    class Case(unittest.TestCase):
        def test_method(self):
            self.assertIs(give(), 5)

    def test_lie(): lie()
    """
    plain, method, lie = checks(judged(answer, suite))
    assert (plain.status, plain.expected) == ("failed", "5")
    assert plain.actual == "(its value cannot be shown)"
    assert (method.status, method.actual) == ("failed", "(its value cannot be shown)")
    assert (lie.status, lie.error) == ("error", "Liar: (its text cannot be shown)")
