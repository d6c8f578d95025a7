import ast

import pytest

from greenroom.bank.mutation import mutations


def changed(source: str) -> dict[str, str]:
    return {one.name: one.source for one in mutations(source)}


@pytest.mark.parametrize(
    ("source", "name", "wanted"),
    [
        ("a < b", "line 1: compares otherwise in `a < b`", "a <= b"),
        ("a in b", "line 1: compares otherwise in `a in b`", "a not in b"),
        ("a + b", "line 1: calculates otherwise in `a + b`", "a - b"),
        ("a += b", "line 1: calculates otherwise in `a += b`", "a -= b"),
        ("a and b", "line 1: turns and into or, or back, in `a and b`", "a or b"),
        ("if a:\n    b = c", "line 1: turns the condition `a` round", "if not a:\n    b = c"),
        ("a = 9", "line 1: adds 1 to 9", "a = 10"),
        ("a = True", "line 1: turns True round", "a = False"),
        ("a['key']", "line 1: writes 'keyx'", "a['keyx']"),
        (
            "def a():\n    return b",
            "line 2: returns nothing instead of `b`",
            "def a():\n    return",
        ),
        ("a.commit()", "line 1: leaves `a.commit()` out", "pass"),
        ("raise A", "line 1: leaves `raise A` out", "pass"),
        ("a.b = c", "line 1: leaves `a.b = c` out", "pass"),
        ("@a\ndef b(): pass", "line 2: leaves @a out", "def b():\n    pass"),
        ("a(b, c=d)", "line 1: leaves c=d out of `a(...)`", "a(b)"),
        (
            "try:\n    a = b\nexcept C:\n    pass",
            "line 3: does not catch C",
            "try:\n    a = b\nexcept GeneratorExit:\n    pass",
        ),
    ],
)
def test_an_operator(source: str, name: str, wanted: str) -> None:
    assert changed(source)[name] == wanted


def test_documentation_and_imports_and_sentences_stay() -> None:
    source = '"""What it does."""\nfrom a import b\n\nmessage = "Not found here."\n'
    assert mutations(source) == []


def test_each_change_is_another_program_with_a_name_of_its_own() -> None:
    source = "total = a + a\nif total == 1 and total == 1:\n    save(1, 1, key='x')\n"
    found = mutations(source)
    programs = {one.source for one in found}
    assert len({one.name for one in found}) == len(found) == len(programs) > 8
    assert ast.unparse(ast.parse(source)) not in programs
    for program in programs:
        compile(program, "answer.py", "exec")


def test_an_answer_that_cannot_be_read() -> None:
    with pytest.raises(SyntaxError):
        mutations("def (:")
