"""A plain `assert` of a grader says what was seen, what was expected and how the two differ."""

import ast
import textwrap
from typing import Any

import pytest

from greenroom_runner.harness import asserts
from greenroom_runner.harness.asserts import CheckFailed


def run(source: str, **names: object) -> dict[str, Any]:
    """Run statements with their asserts rewritten, as a grader's are."""
    tree = ast.parse(textwrap.dedent(source))
    asserts.rewrite(tree, skip=lambda node: getattr(node, "name", "") == "left_alone")
    namespace: dict[str, Any] = {asserts.RUNTIME: asserts, **names}
    exec(compile(tree, "grader.py", "exec"), namespace)
    return namespace


def failure(source: str, **names: object) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        run(source, **names)
    return caught.value


def test_says_the_sentence_both_sides_and_the_difference() -> None:
    failed = failure('assert seen == [1, 2], "Two numbers."', seen=[1, 3])
    assert failed.message == "Two numbers."
    assert (failed.seen, failed.expected, failed.diff) == ("[1, 3]", "[1, 2]", None)


def test_has_a_difference_where_lines_help() -> None:
    failed = failure("assert seen == 'a\\nb'", seen="a\nc")
    assert failed.diff == "  a\n- b\n+ c"


def test_without_a_sentence_the_assertion_speaks_for_itself() -> None:
    assert failure("assert seen['total'] == 2", seen={"total": 1}).message == "seen['total'] == 2"


@pytest.mark.parametrize(
    ("seen", "expected", "shown"),
    [
        (True, "1", ("True (bool)", "1 (int)")),
        (2.0, "2", ("2.0 (float)", "2 (int)")),
        ((1,), "[1]", ("(1,)", "[1]")),
    ],
)
def test_types_are_shown_where_only_they_differ(
    seen: object, expected: str, shown: tuple[str, str]
) -> None:
    failed = failure(f"assert seen == {expected}", seen=seen)
    assert (failed.seen, failed.expected) == shown


@pytest.mark.parametrize(
    ("source", "seen", "shown", "expected"),
    [
        ("assert seen != 1", 1, "1", "!= 1"),
        ("assert seen < 3", 5, "5", "< 3"),
        ("assert seen <= 3", 5, "5", "<= 3"),
        ("assert seen > 9", 5, "5", "> 9"),
        ("assert seen >= 9", 5, "5", ">= 9"),
        ("assert seen is None", 0, "0", "None"),
        ("assert seen is not None", None, "None", "is not None"),
        ("assert seen in (200, 201)", 404, "404", "in (200, 201)"),
        ("assert seen not in (1, 2)", 1, "1", "not in (1, 2)"),
        ("assert 'x' in seen", "abc", "'abc'", None),
        ("assert 'a' not in seen", "abc", "'abc'", None),
        ("assert seen", [], "[]", None),
        ("assert not seen", [1], "[1]", None),
        ("assert isinstance(seen, str)", 1, "1", "a value of type str"),
        ("assert seen.startswith('b')", "abc", "False", None),
        ("assert 0 < seen < 3", 5, "False", None),
    ],
)
def test_every_kind_of_assertion_says_what_was_seen(
    source: str, seen: object, shown: str, expected: str | None
) -> None:
    failed = failure(source, seen=seen)
    assert (failed.seen, failed.expected) == (shown, expected)


@pytest.mark.parametrize(
    "source",
    [
        "assert seen == 1",
        "assert seen != 2 and seen < 3",
        "assert seen in (1, 2) or seen > 9",
        "assert seen, 1 / 0",
        "assert isinstance(seen, int)",
        "assert not (seen - 1)",
    ],
)
def test_what_holds_says_nothing_and_makes_no_message(source: str) -> None:
    run(source, seen=1)


def test_of_several_parts_the_one_that_fails_is_told() -> None:
    failed = failure('assert seen > 0 and seen < 3, f"{seen} is out."', seen=5)
    assert (failed.message, failed.seen, failed.expected) == ("5 is out.", "5", "< 3")


def test_later_parts_are_not_looked_at_when_an_earlier_one_fails() -> None:
    assert failure("assert seen is not None and seen.x", seen=None).seen == "None"


def test_a_functions_own_asserts_can_be_left_alone() -> None:
    names = run(
        """
        def left_alone(value):
            assert value == 1

        def changed(value):
            assert value == 1
        """
    )
    names["left_alone"](True)
    with pytest.raises(AssertionError) as plain:
        names["left_alone"](2)
    assert type(plain.value) is AssertionError
    with pytest.raises(CheckFailed):
        names["changed"](True)


def test_lines_stay_where_they_are() -> None:
    with pytest.raises(CheckFailed) as caught:
        run("x = 1\n\nassert x == 2\n")
    assert caught.traceback[2].lineno == 2
