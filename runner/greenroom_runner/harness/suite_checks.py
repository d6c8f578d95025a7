"""The tests of an open suite as the checks of a grader: each asks the answer's side to run a test.

The judge has no line of the suite; it knows how its tests are called.
"""

from collections.abc import Sequence

from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.grader import Check, Grader
from greenroom_runner.harness.grading import About
from greenroom_runner.harness.observing import Answer


class NotPassed(BaseException):
    """A test did not pass; `found` is what is told of it. No fault of a grader, as those are that
    a check may raise.
    """

    def __init__(self, found: Frame) -> None:
        super().__init__(found["message"])
        self.found = found


def load(tests: Sequence[Frame]) -> Grader:
    """Return the checks that stand for tests: each has the fields of a planned check, and `test`,
    its name for pytest.
    """
    return Grader([_check(**test) for test in tests], probes={})


def _check(id: str, name: str, group: str, visibility: str, test: str) -> Check:  # noqa: A002 - the field's name
    def run(answer: Answer) -> None:
        found = answer.test(test)
        if found["status"] != "passed":
            raise NotPassed(found)

    return Check(id, About(name, group, visibility == "visible", ""), run, ("answer",))
