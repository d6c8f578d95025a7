import pytest

from greenroom.bank.models import QuestionVersion
from greenroom.core.errors import InvalidInputError, TooLargeError
from greenroom.judging.answers import MAX_BYTES, checked_files

ONE = QuestionVersion(starter={"answer.py": ""})
TWO = QuestionVersion(starter={"models.py": "", "api.py": ""})
NONE = QuestionVersion(starter={})


def test_takes_the_files_in_the_questions_order_with_plain_line_ends() -> None:
    files = checked_files({"api.py": "a\r\nb\r\n", "models.py": "c"}, TWO)
    assert list(files.items()) == [("models.py", "c"), ("api.py", "a\nb\n")]


def test_a_question_without_a_starter_takes_one_file() -> None:
    assert checked_files({"answer.py": "x = 1"}, NONE) == {"answer.py": "x = 1"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "answer.py is missing"),
        ({"answer.py": ""}, "is empty"),
        ({"answer.py": " \n\t"}, "is empty"),
        ({"answer.py": "x = '\0'"}, "NUL"),
        ({"answer.py": "x = '\ud800'"}, "surrogate"),
        ({"answer.py": "x", "../answer.py": "y"}, "is none of them"),
        ({"other.py": "x"}, "'other.py' is none of them"),
    ],
)
def test_refuses_with_a_sentence(files: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInputError, match=words) as refused:
        checked_files(files, ONE)
    assert refused.value.fields


def test_refuses_too_much_counting_bytes() -> None:
    checked_files({"answer.py": "é" * (MAX_BYTES // 2)}, ONE)
    with pytest.raises(TooLargeError, match="256 KiB"):
        checked_files({"answer.py": "é" * (MAX_BYTES // 2) + "x"}, ONE)


def test_all_files_count_together() -> None:
    half = "x" * (MAX_BYTES // 2 + 1)
    with pytest.raises(TooLargeError):
        checked_files({"models.py": half, "api.py": half}, TWO)
