"""An exercise becomes a question's folder, or is refused in a sentence that says what to mend."""

import os
from pathlib import Path

import pytest

from greenroom.bank import importing
from greenroom.bank.exercise import CONFIG, Given
from greenroom.bank.faults import BankFaultsError
from greenroom.bank.importing import Imported, Wishes
from greenroom.bank.loader import read_bank
from greenroom.core.errors import GreenroomError
from tests.support.bank_folder import write_bank
from tests.support.open_suites import EXERCISE, TESTS, write_exercise

NOTHING = Given()
TEST = "def test_it(): ...\n"
ROUNDED = "def rounded(price): ...\n"


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank") / "adding"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "parking-fee"


def imported(folder: Path, topic: Path, given: Given = NOTHING, **wishes: object) -> Imported:
    return importing.read(folder, topic, given, Wishes(**wishes))  # type: ignore[arg-type]


def refusal(folder: Path, topic: Path, given: Given = NOTHING, **wishes: object) -> str:
    before = sorted(topic.rglob("*"))
    with pytest.raises(GreenroomError) as refused:
        imported(folder, topic, given, **wishes)
    assert sorted(topic.rglob("*")) == before
    return str(refused.value)


def test_an_exercise_becomes_a_whole_question(folder: Path, topic: Path) -> None:
    found = imported(write_exercise(folder), topic)
    assert found.folder == topic / "parking-fee"
    assert found.files["starter/parking_fee.py"] == EXERCISE["parking_fee.py"]
    assert found.files["reference/parking_fee.py"] == EXERCISE[".meta/example.py"]
    assert found.files["suite/parking_fee_test.py"] == EXERCISE["parking_fee_test.py"]
    assert found.files["suite/tariff.py"] == EXERCISE["tariff.py"]
    assert found.files["statement.md"] == (
        "A garage opens at six.\n\nWrite `fee(hours)`.\n\nA tariff is given.\n"
    )
    assert not found.folder.exists()

    importing.write(found)
    bank = read_bank(topic.parent)
    question = next(one for one in bank.questions if one.manifest.slug == "parking-fee")
    assert question.is_complete
    assert question.manifest.title == 'Work out what a "parked" car owes.'
    assert question.manifest.heading == "Parking fee"
    assert question.manifest.answer_files == ["parking_fee.py"]
    assert [check.id for check in question.checks] == ["test_an_hour", "test_several_hours"]
    assert all('<a href="https://example.org/tariff"' in hint for hint in question.hints_html[:1])
    assert len(question.hints_html) == 2


def test_what_the_person_says_goes_first(folder: Path, topic: Path) -> None:
    write_exercise(folder)
    found = imported(
        folder, topic, slug="fee", title="Say\nit.", difficulty="senior", minutes=40,
        tags=("money",), profile="fastapi",
    )  # fmt: skip
    importing.write(found)
    manifest = read_bank(topic.parent).questions[-2].manifest
    assert (manifest.slug, manifest.title, manifest.difficulty) == ("fee", "Say it.", "senior")
    assert (manifest.minutes, manifest.tags, manifest.profile) == (40, ["money"], "fastapi")


def test_an_exemplar_is_a_reference_too(folder: Path, topic: Path) -> None:
    config = EXERCISE[CONFIG].replace('"example": [".meta/example.py"]', '"exemplar": ["x.py"]')
    write_exercise(folder, {CONFIG: config, "x.py": "def fee(hours): ...\n"})
    assert imported(folder, topic).files["reference/parking_fee.py"] == "def fee(hours): ...\n"


def test_files_that_the_person_names_stand_in(folder: Path, topic: Path, tmp_path: Path) -> None:
    write_exercise(folder, {"parking_fee.py": None, ".meta/example.py": None})
    stub, solution = tmp_path / "stub.py", tmp_path / "solution.py"
    stub.write_text("a = 1\n")
    solution.write_text("a = 2\n")
    found = imported(folder, topic, Given(stub, solution))
    assert found.files["starter/parking_fee.py"] == "a = 1\n"
    assert found.files["reference/parking_fee.py"] == "a = 2\n"


@pytest.fixture
def plain(tmp_path: Path) -> tuple[Path, Given]:
    """A folder of tests, with the stub inside and the solution outside."""
    folder = tmp_path / "Round_a price"
    folder.mkdir()
    (folder / "test_prices.py").write_text(TESTS)
    (folder / "conftest.py").write_text("")
    (folder / "hints.md").write_text("## One\n\nRound.\n")
    (folder / "answer.py").write_text(ROUNDED)
    (tmp_path / "right.py").write_text(ROUNDED + "...\n")
    return folder, Given(folder / "answer.py", tmp_path / "right.py")


def test_a_folder_of_tests_becomes_one_with_a_stub(plain: tuple[Path, Given], topic: Path) -> None:
    found = imported(plain[0], topic, plain[1])
    assert found.slug == "round-a-price"
    assert {path for path in found.files if "/" in path} == {
        "starter/answer.py", "reference/answer.py", "suite/test_prices.py", "suite/conftest.py",
    }  # fmt: skip
    assert found.files["reference/answer.py"] == ROUNDED + "...\n"
    assert "`answer.py`" in found.files["statement.md"]


def test_a_folder_of_tests_alone_says_what_it_lacks(plain: tuple[Path, Given], topic: Path) -> None:
    told = refusal(plain[0], topic)
    assert "Name the stub by --starter and a solution by --reference." in told
    (plain[0] / "test_prices.py").unlink()
    assert "It has no tests." in refusal(plain[0], topic, plain[1])


NAMES_OUTSIDE = EXERCISE[CONFIG].replace(".meta/example.py", "../../secret.py")
NAMES_ROOT = EXERCISE[CONFIG].replace("tariff.py", "/etc/hostname")
FAULTS: list[tuple[dict[str, str | bytes | None], str]] = [
    ({".meta/example.py": None}, ".meta/example.py: It is missing. Write a solution there, or"),
    ({"parking_fee.py": None}, "parking_fee.py: It is missing. Write a stub there, or"),
    ({"parking_fee_test.py": None}, "parking_fee_test.py: It is missing. .meta/config.json names"),
    ({CONFIG: NAMES_OUTSIDE}, f"{CONFIG}: It names '../../secret.py', which is no file of"),
    ({CONFIG: NAMES_ROOT}, f"{CONFIG}: It names '/etc/hostname', which is no file of"),
    ({CONFIG: EXERCISE[CONFIG].replace('"tariff.py"', '""')}, f"{CONFIG}: It names '', which is"),
    ({CONFIG: "{"}, f"{CONFIG}: Invalid JSON"),
    ({CONFIG: "{}"}, f"{CONFIG}, files: Field required. Mend it."),
    ({CONFIG: EXERCISE[CONFIG].replace('["parking_fee.py"]', "[]")}, "It names no solution or no"),
    ({CONFIG: EXERCISE[CONFIG].replace('[".meta/example.py"]', "[]")}, "It names no example for"),
    ({"parking_fee.py": b"# \xff\n"}, "parking_fee.py, line 1: It is not UTF-8."),
    ({"tariff.py": b"#" * 300_000}, "tariff.py: It has more than 256 KiB. Shorten it."),
    ({"tariff.py": b"\0"}, "tariff.py, line 1: It holds a NUL character."),
    ({"parking_fee_test.py": "def (:\n"}, "suite/parking_fee_test.py, line 1: It is not valid"),
    ({"parking_fee_test.py": "x = 1\n"}, "adding/parking-fee/suite: It has no test."),
]


@pytest.mark.parametrize(("changes", "sentence"), FAULTS)
def test_a_faulty_exercise_is_refused(
    folder: Path, topic: Path, changes: dict[str, str | bytes | None], sentence: str
) -> None:
    (folder.parent.parent / "secret.py").write_text("secret = 1\n")
    assert sentence in refusal(write_exercise(folder, changes), topic)


def test_links_are_not_followed(folder: Path, topic: Path, tmp_path: Path) -> None:
    write_exercise(folder, {"tariff.py": None})
    (tmp_path / "outside.py").write_text("HOUR = 1\n")
    (folder / "tariff.py").symlink_to(tmp_path / "outside.py")
    assert "tariff.py: It is a symbolic link." in refusal(folder, topic)

    whole = write_exercise(tmp_path / "other")
    (whole / ".meta").rename(tmp_path / "meta")
    (whole / ".meta").symlink_to(tmp_path / "meta")
    assert ".meta: It is a symbolic link." in refusal(whole, topic)


def test_a_pipe_is_no_file(folder: Path, topic: Path) -> None:
    write_exercise(folder, {"tariff.py": None})
    os.mkfifo(folder / "tariff.py")
    assert "tariff.py: It is not a plain file." in refusal(folder, topic)


def test_one_stub_is_not_several_files(folder: Path, topic: Path) -> None:
    config = EXERCISE[CONFIG].replace('["parking_fee.py"]', '["parking_fee.py", "more.py"]')
    write_exercise(folder, {CONFIG: config, "more.py": ""})
    given = Given(starter=folder / "more.py")
    assert "Its solution has several files" in refusal(folder, topic, given)


def test_where_it_cannot_go(folder: Path, topic: Path) -> None:
    write_exercise(folder)
    assert "is no topic" in refusal(folder, topic / "1-2-why-add")
    assert "Give one by --slug." in refusal(folder, topic, slug="../out")
    assert "is there already" in refusal(folder, topic, slug="1-2-why-add")
    (topic / "dangling").symlink_to("nowhere")
    assert "is there already" in refusal(folder, topic, slug="dangling")
    assert "There is no such folder." in refusal(folder / "nowhere", topic)


def test_all_faults_are_told_at_once(folder: Path, topic: Path) -> None:
    write_exercise(folder, {".meta/example.py": None, "tariff.py": b"\xff"})
    with pytest.raises(BankFaultsError) as refused:
        imported(folder, topic)
    assert [fault.file for fault in refused.value.faults] == [".meta/example.py", "tariff.py"]
