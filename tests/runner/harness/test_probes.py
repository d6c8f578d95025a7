"""What of a grader travels to the answer's side."""

import ast
import textwrap

import pytest

from greenroom_runner.harness import probes
from greenroom_runner.harness.probes import LeftBehind

PROBES = '''
from json import dumps

LIMIT = 3

@probe
def engine(answer):
    """Make one."""
    return answer.make()

@grading.probe
async def rows(answer, count):
    found = engine(answer)
    return [row for row in found if len(row) < count]

@probe
def total(answer): return sum(again(answer) for _ in "ab")

@probe
def again(answer): return total(answer) if answer.more else rows.__name__

@check("Looks")
def looks(answer): assert answer.probe(rows, LIMIT) == dumps(1)
'''


def shipped(source: str) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(source))
    return probes.shipped([node for node in tree.body if isinstance(node, probes.Function)])


def test_a_probe_takes_along_the_probes_that_it_uses() -> None:
    found = shipped(PROBES)
    assert {name: defined(source) for name, source in found.items()} == {
        "engine": ["engine"],
        "rows": ["engine", "rows"],
        "total": ["engine", "rows", "total", "again"],
        "again": ["engine", "rows", "total", "again"],
    }
    assert found["engine"] == "def engine(answer):\n    return answer.make()"


def defined(source: str) -> list[str]:
    names = [node.name for node in ast.parse(source).body if isinstance(node, probes.Function)]
    assert len(names) == len(ast.parse(source).body)
    return names


@pytest.mark.parametrize(
    "body",
    [
        "return LIMIT",
        "return [LIMIT for _ in 'ab']",
        "return (lambda: LIMIT)()",
        "class Inner:\n    size = LIMIT",
        "def inner():\n    return LIMIT\nreturn inner()",
        "def inner(size=LIMIT):\n    return size\nreturn inner()",
    ],
)
def test_what_stays_behind_is_the_authors_fault(body: str) -> None:
    inside = textwrap.indent(body, "    ")
    with pytest.raises(LeftBehind, match="look uses LIMIT, which is not there beside"):
        shipped(f"LIMIT = 3\n@probe\ndef look(answer):\n{inside}")


def test_a_default_stays_behind_as_well() -> None:
    with pytest.raises(LeftBehind, match="look uses LIMIT"):
        shipped("LIMIT = 3\n@probe\ndef look(answer, *, count=LIMIT): ...")


@pytest.mark.parametrize(
    "source",
    [
        "@probe\ndef look(answer, LIMIT: Limit = 1) -> Seen: return LIMIT",
        "@probe\ndef look(answer):\n    from json import dumps\n    return dumps(len(__name__))",
        "@probe\ndef look(answer):\n    LIMIT: Limit = 1\n    return lambda: LIMIT",
        "@probe\ndef look(answer):\n    import a.b as b\n    class LIMIT: ...\n    return b, LIMIT",
        "def other(answer): return LIMIT",
    ],
)
def test_what_a_probe_has_by_itself_is_none_of_it(source: str) -> None:
    assert len(shipped(source)) == source.count("@probe")
