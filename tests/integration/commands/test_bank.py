"""`greenroom bank`: what is loaded, what is wrong, and where."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from greenroom.bank import proofs
from greenroom.bank.loader import read_bank
from tests.support import open_suites
from tests.support.bank_folder import CODE, RUBRIC, write_bank
from tests.support.open_suites import write_exercise
from tests.support.program import Program

MANIFEST = "adding/1-1-add-numbers/question.toml"
STRENGTH = "adding/1-1-add-numbers/strength.toml"
FAULT = f"{MANIFEST}, line 10, minutes: Input should be a valid integer, not 'ten'.\n"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A bank with a fault on a line."""
    wrong = CODE.replace("minutes = 10", 'minutes = "ten"')
    return write_bank(tmp_path / "broken", {MANIFEST: wrong})


def test_load_counts_what_it_did(program: Program, database: Engine, bank: Path) -> None:
    assert program("bank", "load", str(bank)).out == "3 new, 0 changed, 0 retired, 0 unchanged\n"
    (bank / "adding/1-1-add-numbers/statement.md").write_text("Write `add`.\n")
    assert program("bank", "load", str(bank)).out == "0 new, 1 changed, 0 retired, 2 unchanged\n"


def test_load_takes_nothing_from_a_broken_one(
    program: Program, database: Engine, bank: Path, broken: Path
) -> None:
    program("bank", "load", str(bank))
    ended = program("bank", "load", str(broken))
    assert (ended.status, ended.told) == (1, FAULT)
    assert program("bank", "load", str(bank)).out == "0 new, 0 changed, 0 retired, 3 unchanged\n"


def test_check_says_file_line_and_field(program: Program, broken: Path) -> None:
    ended = program("bank", "check", str(broken))
    assert (ended.status, ended.out, ended.told) == (1, "", FAULT)


def test_check_without_running_anything(program: Program, bank: Path) -> None:
    ended = program("bank", "check", str(bank), "--static")
    assert ended.status == 0
    assert ended.out == "3 questions read; their files are in order.\n"


def test_check_says_that_a_question_has_nothing_to_prove(program: Program, bank: Path) -> None:
    ended = program("bank", "check", str(bank), "--only", "subtract-numbers")
    assert ended.status == 0, ended.everything
    assert ended.out.startswith(
        "1 question read; their files are in order.\n1 question with nothing to run.\n"
    )


def test_check_proves_what_has_a_grader(program: Program, bank: Path) -> None:
    ended = program("bank", "check", str(bank), "--sandbox", "local")
    assert ended.status == 0, ended.everything
    assert "1.1 add-numbers: proved, 2 accepted, 2 refused\n" in ended.out
    assert "2 questions with nothing to run.\n" in ended.out
    assert told(ended.out) >= {
        "questions proved 1 of 1",
        "answers judged 4",
        "curriculum covered 2 of 3",
    }


def told(out: str) -> set[str]:
    """Return the lines of what was written, as words."""
    return {" ".join(line.split()) for line in out.splitlines()}


def test_check_judges_again_with_other_seeds(program: Program, bank: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = ["--sandbox", "local", "--repeat", "3", "--json", str(report)]
    ended = program("bank", "check", str(bank), *options)
    assert ended.status == 0, ended.everything
    assert "1.1 add-numbers: proved, 6 accepted, 6 refused\n" in ended.out
    found = json.loads(report.read_text())
    question, explained = found["questions"]
    assert (question["name"], question["proved"]) == ("1.1 add-numbers", True)
    assert (question["repeats"], question["limit"]) == (3, "memory_mib")
    assert 0 < question["used"] < 1
    assert (explained["proved"], explained["proofs"], explained["examples"]) == (True, [], [])
    cases = [proof["case"] for proof in question["proofs"]]
    assert cases == cases[:4] * 3
    assert found["incomplete"] == ["2.1 subtract-numbers"]


def test_check_lets_authors_see_it_on_the_site(
    program: Program, database: Engine, bank: Path
) -> None:
    wrong = bank / "adding/1-1-add-numbers/alternatives/wrong/answer.py"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("def add(left, right):\n    return left - right\n")
    loaded = {one.manifest.id: one for one in read_bank(bank).questions}
    ended = program("bank", "check", str(bank), "--sandbox", "local")
    assert ended.status == 1
    with Session(database) as session:
        kept = proofs.newest(session)
    assert kept.keys() == {"q-1-1", "q-1-2"}, "what is not written is not proved"
    assert {uid: kept[uid].digest for uid in kept} == {uid: loaded[uid].digest for uid in kept}
    report = proofs.Report.model_validate(kept["q-1-1"].report)
    assert (report.proved, report.accepted, report.refused) == (False, 2, 3)
    assert len(report.faults) == 1
    assert report.faults[0].startswith("alternatives/wrong: Its verdict is wrong_answer")
    assert proofs.Report.model_validate(kept["q-1-2"].report).proved

    wrong.unlink()
    assert program("bank", "check", str(bank), "--only", "1.1", "--sandbox", "local").status == 0
    with Session(database) as session:
        again = proofs.newest(session)
    assert proofs.Report.model_validate(again["q-1-1"].report).proved
    assert again["q-1-2"].proved_at == kept["q-1-2"].proved_at


def test_check_needs_no_site(program: Program, bank: Path) -> None:
    ended = program("bank", "check", str(bank), "--only", "why-add", "--sandbox", "local")
    assert ended.status == 0
    assert ended.told.endswith(
        "The site has no tables yet, so it does not show this. `greenroom serve` makes them.\n"
    )


def test_check_says_where_its_report_cannot_be_written(program: Program, bank: Path) -> None:
    options = ["--only", "why-add", "--sandbox", "local", "--json", "/nowhere/report.json"]
    ended = program("bank", "check", str(bank), *options)
    assert ended.status == 1
    assert ended.told.endswith(
        "/nowhere/report.json cannot be written: No such file or directory.\n"
    )


PROSE = """
The `total` of this:

```python
{first}
```

is a part of this:

```python fragment
return left + nothing
```

```toml
neither = "is this one Python"
```
"""


def test_check_runs_the_code_in_prose(program: Program, tmp_path: Path) -> None:
    right, wrong = "total = 1 + 1\nassert total == 2", "total = 1 + 1\nassert total == 3"
    answer = f"model_answer = '''{PROSE.format(first=wrong)}'''"
    changes: dict[str, str | bytes | None] = {
        "adding/1-1-add-numbers/solution.md": PROSE.format(first=right),
        "adding/1-2-why-add/rubric.toml": RUBRIC.replace(RUBRIC.strip().splitlines()[0], answer),
    }
    bank = write_bank(tmp_path / "prose", changes)
    ended = program("bank", "check", str(bank), "--sandbox", "local")
    assert ended.status == 1
    assert "1.1 add-numbers: proved, 2 accepted, 2 refused, 1 of 1 examples run\n" in ended.out
    assert "1.2 why-add: NOT PROVED, 0 of 1 examples run\n" in ended.out
    assert "1.2 why-add, model_answer, line 3: Its verdict is runtime_error" in ended.told
    assert ended.told.endswith("1 cases are not as they must be.\n")


LUCKY = """
from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("Adds two numbers", visible=True)
def adds(answer: Answer, random: Random) -> None:
    drawn = random.randrange(10**9)
    assert answer.call("add", drawn, 1) == drawn, f"It was {drawn}."
"""


def test_check_draws_the_inputs_of_the_seed_it_is_given(program: Program, tmp_path: Path) -> None:
    question = "adding/1-1-add-numbers"
    mutant = "# catches: adds\ndef add(left, right):\n    return left * right\n"
    files = {"grader.py": LUCKY, "mutants/wrong_answer/multiplies.py": mutant}
    changes: dict[str, str | bytes | None] = {f"{question}/{name}": files[name] for name in files}
    bank = write_bank(tmp_path / "lucky", changes)
    proof = ("bank", "check", str(bank), "--sandbox", "local")
    drawn = [
        re.findall(r"It was \d+", program(*proof, *seed).told)[0]
        for seed in (("--seed", "1"), ("--seed", "1"), ("--seed", "2"), ())
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3


def test_check_fails_where_a_mutant_gets_through(program: Program, tmp_path: Path) -> None:
    harmless = "# catches: adds\ndef add(left, right):\n    return right + left\n"
    path = "adding/1-1-add-numbers/mutants/wrong_answer/multiplies.py"
    bank = write_bank(tmp_path / "harmless", {path: harmless})
    ended = program("bank", "check", str(bank), "--sandbox", "local")
    assert ended.status == 1
    assert "NOT PROVED" in ended.out
    assert "mutants/wrong_answer/multiplies" in ended.told


def test_a_new_code_question_is_proved_as_it_stands(program: Program, bank: Path) -> None:
    ended = program("bank", "new", "adding", "greet-a-customer", "--bank", str(bank))
    assert ended.status == 0, ended.everything
    assert str(bank / "adding/greet-a-customer") in ended.out
    options = ["--only", "greet-a-customer", "--sandbox", "local"]
    ended = program("bank", "check", str(bank), *options)
    assert ended.status == 0, ended.everything
    assert "greet-a-customer: proved, 2 accepted, 3 refused\n" in ended.out


def test_a_new_explain_question_is_in_order(program: Program, bank: Path) -> None:
    options = ["--kind", "explain", "--bank", str(bank)]
    assert program("bank", "new", "adding", "why-greet", *options).status == 0
    ended = program("bank", "check", str(bank), "--static")
    assert ended.out == "4 questions read; their files are in order.\n"


def test_an_open_suite_is_proved(program: Program, tmp_path: Path) -> None:
    bank = write_bank(tmp_path / "open", {**open_suites.QUESTION})
    options = ["--only", "round-a-price", "--sandbox", "local"]
    ended = program("bank", "check", str(bank), *options)
    assert ended.status == 0, ended.everything
    assert "round-a-price: proved, 1 accepted, 2 refused\n" in ended.out


def test_an_exercise_is_imported_and_proved(program: Program, bank: Path, tmp_path: Path) -> None:
    exercise = write_exercise(tmp_path / "parking-fee")
    options = [str(exercise), "--into", str(bank / "adding"), "--sandbox", "local"]
    ended = program("bank", "import", *options, "--dry-run")
    assert ended.status == 0, ended.everything
    assert str(bank / "adding/parking-fee/suite/parking_fee_test.py") in ended.out
    assert ended.out.endswith("Nothing is written.\n")
    assert not (bank / "adding/parking-fee").exists()

    ended = program("bank", "import", *options, "--minutes", "5", "--tag", "money")
    assert ended.status == 0, ended.everything
    assert "parking-fee: proved, 1 accepted, 1 refused\n" in ended.out
    assert "minutes = 5\n" in (bank / "adding/parking-fee/question.toml").read_text()

    ended = program("bank", "import", *options)
    assert ended.status == 1
    assert "parking-fee is there already. Give another name by --slug.\n" in ended.told


def test_an_exercise_whose_example_is_wrong_is_not_proved(
    program: Program, bank: Path, tmp_path: Path
) -> None:
    wrong = {".meta/example.py": "def fee(hours):\n    return hours\n"}
    exercise = write_exercise(tmp_path / "parking-fee", wrong)
    options = [str(exercise), "--into", str(bank / "adding"), "--sandbox", "local"]
    ended = program("bank", "import", *options)
    assert ended.status == 1
    assert "reference: Its verdict is wrong_answer, and must be accepted." in ended.told


@pytest.mark.parametrize(
    ("topic", "question", "sentence"),
    [
        ("flying", "fly", "has no topic flying"),
        ("adding", "Not Kebab", "lower-case letters, digits and dashes"),
        ("adding", "../out", "lower-case letters, digits and dashes"),
        ("adding", "1-1-add-numbers", "is there already"),
        ("adding", "add-numbers", "add what it lacks to that folder"),
    ],
)
def test_a_new_question_that_cannot_be(
    program: Program, bank: Path, topic: str, question: str, sentence: str
) -> None:
    before = sorted(bank.rglob("*"))
    ended = program("bank", "new", topic, question, "--bank", str(bank))
    assert ended.status == 1
    assert sentence in ended.told
    assert sorted(bank.rglob("*")) == before


def test_a_question_that_there_is_not(program: Program, bank: Path) -> None:
    ended = program("bank", "check", str(bank), "--only", "fly")
    assert ended.status == 1
    assert ended.told == "There is no question called fly in this bank.\n"


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_folder_that_there_is_not(command: str, program: Program, database: Engine) -> None:
    ended = program("bank", command, "/nowhere")
    assert ended.status == 1
    assert ended.told == (
        "The question bank cannot be read: /nowhere: No such file or directory. "
        "Set GREENROOM_QUESTION_BANK to a folder of questions.\n"
    )


@pytest.mark.parametrize("command", ["check", "load"])
def test_an_empty_folder(command: str, program: Program, database: Engine, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ended = program("bank", command, str(empty))
    assert ended.status == 1
    assert ended.told == ".: The bank is empty. It has a folder for each topic.\n"


def test_strength_counts_what_the_checks_notice(program: Program, bank: Path) -> None:
    ended = program("bank", "strength", str(bank), "--only", "add-numbers", "--sandbox", "local")
    assert ended.status == 0, ended.everything
    assert ended.out.startswith("1.1 add-numbers: 2 of 2 changes noticed (100%)\n")
    assert "changes = 2\nnoticed = 2\n" in (bank / STRENGTH).read_text()
    checked = program("bank", "check", str(bank), "--sandbox", "local")
    assert "strength measured for 1 of 1, the lowest 100%, 1.1 add-numbers" in told(checked.out)


def test_strength_keeps_the_reason_of_a_survivor(program: Program, tmp_path: Path) -> None:
    padded = """
def add(left, right):
    note(spare=1)
    return left + right


def note(**_): ...
"""
    bank = write_bank(tmp_path / "padded", {"adding/1-1-add-numbers/reference/answer.py": padded})
    command = ("bank", "strength", str(bank), "--sandbox", "local")
    ended = program(*command)
    assert ended.status == 0, ended.everything
    assert "\n  line 2: leaves `note(spare=1)` out\n" in ended.out
    text = (bank / STRENGTH).read_text()
    assert text.count('why = ""') == 3
    reason = 'why = "It does \\"nothing\\"."'
    (bank / STRENGTH).write_text(text.replace('why = ""', reason, 1))
    first = re.findall(r'change = "(.*)"', text)[0]
    ended = program(*command)
    assert reason in (bank / STRENGTH).read_text()
    assert first not in ended.out


def test_a_strength_of_other_checks_does_not_count(program: Program, bank: Path) -> None:
    program("bank", "strength", str(bank), "--sandbox", "local")
    grader = bank / "adding/1-1-add-numbers/grader.py"
    grader.write_text(grader.read_text() + "\n# changed\n")
    checked = program("bank", "check", str(bank), "--sandbox", "local")
    assert "strength measured for 0 of 1" in told(checked.out)


def test_a_strength_that_does_not_add_up(program: Program, bank: Path) -> None:
    wrong = f'measured = "{"0" * 64}"\nchanges = 3\nnoticed = 2\n'
    (bank / STRENGTH).write_text(wrong)
    ended = program("bank", "check", str(bank), "--static")
    assert ended.status == 1
    assert "strength.toml" in ended.told
    assert "What was noticed and what survived are not all of the changes." in ended.told


def test_strength_needs_a_reference_that_is_right(program: Program, tmp_path: Path) -> None:
    wrong = "def add(left, right):\n    return left * right\n"
    bank = write_bank(tmp_path / "wrong", {"adding/1-1-add-numbers/reference/answer.py": wrong})
    ended = program("bank", "strength", str(bank), "--sandbox", "local")
    assert ended.status == 1
    assert "1.1 add-numbers: Its verdict is wrong_answer, and must be accepted." in ended.told
    assert not (bank / STRENGTH).exists()
