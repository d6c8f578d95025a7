"""Every fault of a bank on disk is found, told with its place and in a sentence, all at once."""

import os
import tomllib
from pathlib import Path

import pytest

from greenroom.bank.faults import SHOWN, BankFault, BankFaultsError
from greenroom.bank.loader import inspect_bank, read_bank
from greenroom.bank.manifest import LimitsManifest, QuestionManifest
from greenroom_runner.limits import Limits
from greenroom_runner.request import RunRequest
from tests.factories.bank import GRADER
from tests.support import open_suites
from tests.support.bank_folder import CODE, EXPLAIN, FILES, MUTANT, RUBRIC, TOPIC, write_bank

QUESTION = "adding/1-1-add-numbers"
WHY = "adding/1-2-why-add"


def faults_of(folder: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    _, faults = inspect_bank(write_bank(folder, changes))
    return [str(fault) for fault in faults]


def test_a_good_bank_has_none_and_is_whole(tmp_path: Path) -> None:
    bank = read_bank(write_bank(tmp_path))

    assert [topic.slug for topic in bank.topics] == ["adding", "subtracting"]
    code = bank.questions[0]
    assert code.is_called("1.1")
    assert code.is_called("add-numbers")
    assert code.is_called(QUESTION)
    assert not code.is_called("1.2")
    assert code.alternatives.keys() == {"by_sum"}
    [mutant] = code.mutants
    assert (mutant.name, mutant.verdict) == ("multiplies", "wrong_answer")
    assert mutant.catches == ("adds", "adds_negative")
    assert mutant.files == {"answer.py": MUTANT}


def test_a_mutant_is_named_like_the_file_that_it_stands_for(tmp_path: Path) -> None:
    names = ("starter", "reference", "alternatives/by_sum")
    moved = {f"{QUESTION}/{name}/answer.py": None for name in names}
    moved[f"{MUTANTS}/wrong_answer/multiplies.py"] = None
    written = {f"{QUESTION}/{name}/deploy.yml": "jobs: {}\n" for name in names}
    profile = 'profile = "pydantic"\n'
    manifest = {MANIFEST: CODE.replace(profile, profile + 'answer_files = ["deploy.yml"]\n')}
    mutant = {f"{MUTANTS}/wrong_answer/no_jobs.yml": MUTANT}
    bank = read_bank(write_bank(tmp_path / "good", {**moved, **written, **manifest, **mutant}))
    [found] = bank.questions[0].mutants
    assert (found.name, found.files) == ("no_jobs", {"deploy.yml": MUTANT})

    strange = {f"{MUTANTS}/wrong_answer/no_jobs.py": MUTANT}
    faults = faults_of(tmp_path / "bad", {**moved, **written, **manifest, **strange})
    assert any("mutants/<verdict>/<mistake>.yml" in fault for fault in faults)


MANIFEST = f"{QUESTION}/question.toml"
STATEMENT = f"{QUESTION}/statement.md"
MUTANTS = f"{QUESTION}/mutants"
GRADED = f"{QUESTION}/grader.py"
RATED = f"{WHY}/rubric.toml"
FIRST_CHECK = '@check("Adds two numbers", group="basics", visible=True)'

FAULTS: list[tuple[str, str | bytes | None, str]] = [
    # the manifest of a question
    (MANIFEST, CODE.replace("minutes = 10", "minutes = 0"),
     "question.toml, line 10, minutes: Input should be greater than or equal to 1, not 0."),
    (MANIFEST, CODE.replace('tags = ["numbers"]', 'tag = ["numbers"]'),
     "question.toml, line 11, tag: There is no such field. Known here: format, id,"),
    (MANIFEST, CODE.replace("check_seconds = 2", "check_seconds = 900"),
     "question.toml, line 15, limits check_seconds: Input should be less than or equal to 60"),
    (MANIFEST, CODE.replace("check_seconds = 2", "cpu = 2"),
     "question.toml, line 15, limits cpu: There is no such field."),
    (MANIFEST, CODE.replace("format = 1", "format = 2"),
     "question.toml, line 2, format: Input should be 1, not 2."),
    (MANIFEST, CODE.replace('title = "', 'titel = "'),
     "question.toml, title: It is missing. Add it."),
    (MANIFEST, CODE.replace('"add-numbers"', '"Add Numbers"'),
     "question.toml, line 5, slug: 'Add Numbers' does not have the form"),
    (MANIFEST, CODE.replace("kind = ", "kind = = "),
     "question.toml, line 6: This is not TOML: Invalid value."),
    (MANIFEST, CODE + "[limits", "question.toml, line 16: This is not TOML: "),
    (MANIFEST, "a = " + "[" * 5000, "question.toml: This cannot be read as TOML:"),
    (MANIFEST, CODE.replace("tags = [", 'tags = ["numbers", '),
     "question.toml, line 11, tags: numbers is there twice."),
    (MANIFEST, CODE.replace('"1.1"', '"2.1"'),
     "question.toml, key: 2.1 does not begin with the topic's number 1."),
    (MANIFEST, CODE.replace('profile = "pydantic"\n', ""),
     "question.toml, profile: It is missing. A question with checks has it."),
    (MANIFEST, CODE.replace('"add-numbers"', '"sums"'),
     f"{QUESTION}: Its folder is not named after its key and slug. Call it 1-1-sums."),
    (MANIFEST, None, f"{MANIFEST}: It is missing."),
    (f"{WHY}/question.toml", EXPLAIN + 'profile = "pydantic"\n',
     "question.toml: An explain question has no profile. Remove it."),
    (f"{WHY}/question.toml", EXPLAIN.replace('"q-1-2"', '"q-1-1"'),
     f"question.toml, id: q-1-1 is also in {MANIFEST}."),
    (f"{WHY}/question.toml", EXPLAIN + 'shows = "1.1"\n',
     "question.toml: Only a code question without a key shows another one in code."),
    (MANIFEST, CODE.replace("format = 1", 'format = 1\nshows = "1.2"'),
     "question.toml: Only a code question without a key shows another one in code."),
    (MANIFEST, CODE.replace('key = "1.1"', 'shows = "2.1"'),
     "question.toml, shows: There is no explain question 2.1 in this topic."),
    (MANIFEST, CODE.replace('key = "1.1"', 'shows = "1.2"'),
     f"{QUESTION}: Its folder is not named after its key and slug. Call it 1-2-add-numbers."),
    # topics
    ("adding/topic.toml", None, "adding/topic.toml: It cannot be read: No such file"),
    ("adding/topic.toml", TOPIC.format(number=2, title="Adding"),
     "adding/topic.toml, number: 2 is also in subtracting/topic.toml."),
    ("adding/topic.toml", TOPIC.format(number=1, title="A") + 'prerequisites = ["dividing"]',
     "adding/topic.toml, prerequisites: There is no topic dividing."),
    ("Bad Topic/topic.toml", TOPIC.format(number=3, title="Bad"),
     "Bad Topic: The folder's name is not in small-letters-with-dashes."),
    ("notes.txt", "x", "notes.txt: It is no topic's folder."),
    ("adding/notes.txt", "x", "adding/notes.txt: It is no question's folder."),
    # files
    (STATEMENT, "\n \n", "statement.md: It is missing or empty."),
    (STATEMENT, b"a\nb\xff", "statement.md, line 2: It is not UTF-8."),
    (STATEMENT, b"a\nb\nc\0", "statement.md, line 3: It holds a NUL character."),
    (STATEMENT, "x" * (256 * 1024 + 1), "statement.md: It has more than 256 KiB."),
    (f"{QUESTION}/notes.md", "x", "notes.md: A question has no such file."),
    (f"{WHY}/starter", "x", "starter: A question has no such file."),
    (f"{QUESTION}/a/b/c/d/e.py", "x", "a/b/c/d: It is too deep."),
    (f"{WHY}/grader.py", GRADER, "grader.py: This does not belong to a question to explain."),
    (f"{QUESTION}/rubric.toml", RUBRIC, "This does not belong to a question to code."),
    # answers
    (f"{QUESTION}/reference/answer.py", None, "reference/answer.py: It is missing."),
    (f"{QUESTION}/starter/answer.py", None, "starter/answer.py: It is missing."),
    (f"{QUESTION}/starter/a.py", "x", "starter/a.py: It is no part of an answer (answer.py)."),
    (f"{QUESTION}/alternatives/style.py", "x", "style.py: It is no part of an answer"),
    (f"{MUTANTS}/wrong_answer/multiplies.py", None, "mutants: There is none."),
    (f"{MUTANTS}/wrong/a.py", MUTANT,
     "wrong/a.py: There is no verdict wrong. Use one of: wrong_answer,"),
    (f"{MUTANTS}/wrong_answer/a.txt", MUTANT, "a.txt: A mutant is one file"),
    (f"{MUTANTS}/wrong_answer/a.py", "x = 1\n", "a.py: It does not say which checks must fail."),
    (f"{MUTANTS}/wrong_answer/a.py", "# catches: multiplies\n",
     "a.py, line 1: It names a check that is not there: multiplies."),
    # the grader
    (GRADED, "def f(:\n", "grader.py, line 1: It is not valid Python: "),
    (GRADED, "", "grader.py: It has no check. Add one."),
    (GRADED, GRADER.replace("visible=True", "visible=False"),
     "grader.py: It has no visible check, so Run has nothing to do."),
    (GRADED, GRADER.replace("adds_negative", "adds"), "grader.py: Two checks are called adds."),
    (GRADED, GRADER.replace('"Adds two numbers"', "NAME"),
     "grader.py, line 6, adds: name is written out in @check, as a plain str."),
    (GRADED, GRADER.replace('"Adds two numbers"', '" "'),
     "grader.py, line 6, adds: The check has no name."),
    (GRADED, GRADER.replace("visible=True", "shown=True"),
     "grader.py, line 6, adds: @check has no option shown."),
    (GRADED, GRADER.replace(FIRST_CHECK, "@check"),
     'grader.py, line 6: A check has a name: @check("What it looks at").'),
    (GRADED, GRADER.replace("from greenroom_runner", "import numpy\nfrom greenroom_runner"),
     "grader.py, line 3: It imports numpy. A grader has the standard library and yaml."),
    (GRADED, GRADER + "\n\ndef look(services):\n    services.redis('PING')\n",
     "It asks services.redis, which question.toml does not list."),
    # the rubric
    (RATED, RUBRIC.replace("weight = 2", "weight = 5"),
     "line 8, key_points 1 weight: Input should be less than or equal to 3, not 5."),
    (RATED, RUBRIC.replace("missed:sum", "missed:total"),
     "rubric.toml: A follow-up waits for the key point total, which is not there."),
    (RATED, RUBRIC.replace('when = "missed:sum"', 'when = "never"'),
     "rubric.toml, line 19, follow_ups 1 when: 'never' does not have the form"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "said"), FAULTS, ids=[said for _, _, said in FAULTS])
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, path: str, text: str | bytes | None, said: str
) -> None:
    found = faults_of(tmp_path, {path: text})
    assert [fault for fault in found if said in fault], found


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    found = faults_of(
        tmp_path,
        {
            f"{QUESTION}/question.toml": CODE.replace("minutes = 10", "minutes = 0").replace(
                '"junior"', '"easy"'
            ),
            f"{WHY}/rubric.toml": RUBRIC.replace("weight = 2", "weight = 5"),
            "subtracting/topic.toml": "number = 'two'",
        },
    )
    files = {fault.partition(",")[0] for fault in found}
    assert files >= {
        f"{QUESTION}/question.toml",
        f"{WHY}/rubric.toml",
        "subtracting/topic.toml",
    }
    assert sum(fault.startswith(f"{QUESTION}/question.toml") for fault in found) == 2


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    folder = write_bank(tmp_path / "bank", {f"{QUESTION}/hints.md": None})
    secret = tmp_path / "secret.md"
    secret.write_text("The secret.")
    (folder / QUESTION / "hints.md").symlink_to(secret)
    (folder / QUESTION / "alternatives" / "link").symlink_to(tmp_path)
    os.mkfifo(folder / WHY / "hints.md")

    bank, faults = inspect_bank(folder)

    told = [str(fault) for fault in faults]
    assert f"{QUESTION}/hints.md: It is a symbolic link. Put the file itself there." in told
    assert (
        f"{QUESTION}/alternatives/link: It is a symbolic link. Put the file itself there." in told
    )
    assert f"{WHY}/hints.md: It is not a plain file. Remove it." in told
    assert "secret" not in str(bank.questions)


def test_too_many_and_too_much_are_refused(tmp_path: Path) -> None:
    many: dict[str, str | bytes | None] = {
        f"{QUESTION}/mutants/wrong_answer/m{number}.py": MUTANT for number in range(300)
    }
    assert f"{QUESTION}: It has more than 300 files. Remove some." in faults_of(
        tmp_path / "many", many
    )
    large: dict[str, str | bytes | None] = {
        f"{QUESTION}/mutants/wrong_answer/m{number}.py": MUTANT + "#" * 200_000
        for number in range(11)
    }
    assert f"{QUESTION}: It has more than 2048 KiB. Shorten it." in faults_of(
        tmp_path / "large", large
    )


def test_an_empty_bank_is_a_fault(tmp_path: Path) -> None:
    assert [str(fault) for fault in inspect_bank(tmp_path)[1]] == [
        ".: The bank is empty. It has a folder for each topic."
    ]


def test_a_long_list_of_faults_is_cut() -> None:
    faults = [BankFault("file", line, "", "Wrong.") for line in range(1, SHOWN + 8)]
    error = BankFaultsError(faults)
    assert len(error.faults) == SHOWN + 7
    assert str(error).splitlines()[-1] == "and 7 more"


def test_what_editors_and_python_leave_behind_is_no_fault(tmp_path: Path) -> None:
    assert (
        faults_of(
            tmp_path,
            {f"{QUESTION}/__pycache__/grader.pyc": b"\0", f"{QUESTION}/.grader.py.swp": b"\0"},
        )
        == []
    )


def test_windows_line_ends_and_byte_order_marks_make_no_difference(tmp_path: Path) -> None:
    statement = FILES[f"{QUESTION}/statement.md"]
    plain = read_bank(write_bank(tmp_path / "plain"))
    changed = read_bank(
        write_bank(
            tmp_path / "windows",
            {
                f"{QUESTION}/statement.md": b"\xef\xbb\xbf"
                + statement.replace("\n", "\r\n").encode()
            },
        )
    )
    assert changed.questions[0].digest == plain.questions[0].digest


def test_what_a_digest_depends_on(tmp_path: Path) -> None:
    def digests(name: str, changes: dict[str, str | bytes | None]) -> tuple[str, str]:
        question = read_bank(write_bank(tmp_path / name, changes)).questions[0]
        return question.digest, question.grading_digest

    plain = digests("plain", {})
    words = digests("words", {f"{QUESTION}/statement.md": "Other words."})
    grader = digests("grader", {f"{QUESTION}/grader.py": GRADER + "\n"})
    limits = digests(
        "limits", {f"{QUESTION}/question.toml": CODE.replace("seconds = 2", "seconds = 3")}
    )
    assert digests("again", {}) == plain
    assert len({plain[0], words[0], grader[0], limits[0]}) == 4
    assert plain[1] == words[1]
    assert len({plain[1], grader[1], limits[1]}) == 3


def test_an_open_suite_stands_in_the_graders_place(tmp_path: Path) -> None:
    bank = read_bank(write_bank(tmp_path / "bank", {**open_suites.QUESTION}))
    question = next(one for one in bank.questions if one.suite)
    assert question.is_complete
    assert question.grader is None
    assert question.suite == {"test_prices.py": open_suites.TESTS}
    assert [check.id for check in question.checks] == [
        "test_keeps_whole_cents",
        "test_rounds_half_up",
        "test_refuses_less_than_nothing",
    ]
    assert question.mutants[0].catches == ("test_rounds_half_up",)

    other = {f"{open_suites.PLACE}/suite/test_prices.py": open_suites.TESTS + "\n"}
    changed = read_bank(write_bank(tmp_path / "other", {**open_suites.QUESTION, **other}))
    digests = {
        one.grading_digest for each in (bank, changed) for one in each.questions if one.suite
    }
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"grader.py": GRADER}, "grader.py: It stands beside a suite. A question is judged one"),
        ({"reference/answer.py": None}, "reference/answer.py: It is missing. A question with"),
        ({"suite/test_prices.py": "1 +\n", "mutants/wrong_answer/truncates.py": None},
         "suite/test_prices.py, line 1: It is not valid Python"),
        ({"suite/answer.py": ""}, "suite/answer.py: A file of the answer has this name."),
        ({"question.toml": open_suites.MANIFEST.replace("profile", "#")},
         "question.toml, profile: It is missing."),
    ],
)  # fmt: skip
def test_a_faulty_suite_is_told(tmp_path: Path, changes: dict[str, str | None], fault: str) -> None:
    inside = {f"{open_suites.PLACE}/{name}": text for name, text in changes.items()}
    faults = faults_of(tmp_path, {**open_suites.QUESTION, **inside})
    assert len(faults) == 1, faults
    assert fault in faults[0]


def test_a_suite_needs_no_mutants_and_an_explanation_has_none(tmp_path: Path) -> None:
    mutant = f"{open_suites.PLACE}/mutants/wrong_answer/truncates.py"
    assert faults_of(tmp_path / "a", {**open_suites.QUESTION, mutant: None}) == []
    test = f"{WHY}/suite/test_it.py"
    faults = faults_of(tmp_path / "b", {test: "def test_it(): ...\n"})
    assert f"{test}: This does not belong to a question to explain." in faults


def test_an_unfinished_question_is_not_complete(tmp_path: Path) -> None:
    bank = read_bank(write_bank(tmp_path))
    assert [question.is_complete for question in bank.questions] == [True, True, False]


def test_limits_and_profiles_are_those_of_the_runner() -> None:
    """Two definitions, since the bank does not know the runner: they must say the same."""
    bounds = {
        name: [str(part) for part in field.metadata] for name, field in Limits.model_fields.items()
    }
    ours = LimitsManifest.model_json_schema()["properties"]
    theirs = Limits.model_json_schema()["properties"]
    assert ours.keys() == theirs.keys() == bounds.keys()
    for name, limit in theirs.items():
        own = ours[name]["anyOf"][0]
        for bound in ("minimum", "exclusiveMinimum", "maximum", "type"):
            assert own.get(bound) == limit.get(bound), name
    profiles = RunRequest.model_json_schema()["properties"]["profile"]["enum"]
    own = QuestionManifest.model_json_schema()["properties"]["profile"]["anyOf"][0]["enum"]
    assert own == profiles
    services = RunRequest.model_json_schema()["properties"]["services"]["items"]["enum"]
    own = QuestionManifest.model_json_schema()["properties"]["services"]["items"]["enum"]
    assert own == services


def test_lines_are_found_behind_texts_over_several_lines(tmp_path: Path) -> None:
    rubric = 'model_answer = """\n[[key_points]]\nweight = 1\n"""\n' + RUBRIC.replace(
        'model_answer = "To know the **sum**."\n', ""
    ).replace("weight = 2", "weight = 0")
    assert tomllib.loads(rubric)["key_points"][0]["weight"] == 0
    [fault] = faults_of(tmp_path, {f"{WHY}/rubric.toml": rubric})
    line = 1 + rubric.splitlines().index("weight = 0")
    assert fault.startswith(f"{WHY}/rubric.toml, line {line}, key_points 1 weight: ")


def test_the_checks_stand_in_the_order_in_which_they_run(tmp_path: Path) -> None:
    head, first, *rest = GRADER.partition(FIRST_CHECK)
    hidden = '@check("Adds nothing")\ndef adds_nothing(answer: Answer) -> None:\n    pass\n\n\n'
    mutant = MUTANT.replace("catches: ", "catches: adds_nothing, ")
    changes: dict[str, str | bytes | None] = {
        GRADED: f"{head}{hidden}{first}{''.join(rest)}",
        f"{MUTANTS}/wrong_answer/multiplies.py": mutant,
    }
    checks = read_bank(write_bank(tmp_path, changes)).questions[0].checks
    assert [check.id for check in checks] == ["adds", "adds_nothing", "adds_negative"]
