"""What may be handed in: text files with the names that the question asks for, and not too much of
it.
"""

import re
from collections.abc import Mapping

from greenroom.bank.models import QuestionVersion
from greenroom.core.errors import InvalidInputError, TooLargeError

MAX_BYTES = 256 * 1024
DEFAULT_FILE = "answer.py"
MAX_STRANGERS = 3
MAX_NAME = 100
_UNPAIRED = re.compile("[\ud800-\udfff]")


def answer_files(version: QuestionVersion) -> tuple[str, ...]:
    """Return the names of the files that an answer to this version consists of."""
    return tuple(version.starter) or (DEFAULT_FILE,)


def checked_files(files: Mapping[str, str], version: QuestionVersion) -> dict[str, str]:
    """Return the files as they are kept. Raises InvalidInputError or TooLargeError with a sentence
    for each fault.
    """
    expected = answer_files(version)
    strangers = [name for name in files if name not in expected]
    faults = {
        name[
            :MAX_NAME
        ]: f"This question takes {_named(expected)}; {name[:MAX_NAME]!r} is none of them."
        for name in strangers[:MAX_STRANGERS]
    }
    faults |= {name: f"The file {name} is missing." for name in expected if name not in files}
    faults |= {
        name: fault
        for name, text in files.items()
        if name in expected and (fault := _fault(name, text))
    }
    if faults:
        raise InvalidInputError(" ".join(faults.values()), faults)
    _refuse_too_much(files)
    return {name: files[name].replace("\r\n", "\n") for name in expected}


def _fault(name: str, text: str) -> str:
    if not text.strip():
        return f"{name} is empty. Write an answer first."
    if "\0" in text:
        return f"{name} holds a NUL character, which Python source cannot. Remove it and try again."
    if _UNPAIRED.search(text):
        return f"{name} holds half of a character pair (a lone surrogate). Remove it and try again."
    return ""


def _refuse_too_much(files: Mapping[str, str]) -> None:
    size = sum(len(text.encode()) for text in files.values())
    if size > MAX_BYTES:
        raise TooLargeError(
            f"The answer has {size // 1024} KiB; up to {MAX_BYTES // 1024} KiB are taken. "
            "Shorten it and try again."
        )


def _named(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
