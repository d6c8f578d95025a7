"""TOML files against their manifests, with every fault at its line."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from greenroom.bank.faults import Faults

ModelT = TypeVar("ModelT", bound=BaseModel)
_SYNTAX_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$"
)
_TABLE = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_TEXT_MARKS = ('"""', "'''")


def read_toml(text: str, file: str, model: type[ModelT], faults: Faults) -> ModelT | None:
    """Return what a file says, or None and its faults."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _syntax(error, text)
        faults.add(file, f"This is not TOML: {what}.", line=line)
        return None
    except (RecursionError, ValueError) as error:
        # Numbers too long for Python and nesting too deep come as other errors.
        faults.add(file, f"This cannot be read as TOML: {error}.")
        return None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for fault in error.errors():
            place = fault["loc"]
            faults.add(
                file, _sentence(fault, model), line=line_of(text, place), field=_field(place)
            )
        return None


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> tuple[str, int]:
    found = _SYNTAX_PLACE.match(str(error))
    if found is None:
        return str(error).rstrip("."), 0
    return found["what"], int(found["line"] or text.count("\n") + 1)


def _field(place: Sequence[int | str]) -> str:
    """Return a place as a person writes it, counting from one: key_points 2 weight."""
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _sentence(fault: ErrorDetails, model: type[BaseModel]) -> str:
    match fault["type"]:
        case "missing":
            return "It is missing. Add it."
        case "extra_forbidden":
            known = (
                f" Known here: {', '.join(model.model_fields)}." if len(fault["loc"]) == 1 else ""
            )
            return f"There is no such field.{known}"
        case "string_pattern_mismatch":
            return f"{_shown(fault['input'])} does not have the form {fault['ctx']['pattern']}."
        case "value_error":
            return str(fault["ctx"]["error"])
        case _:
            return f"{fault['msg']}, not {_shown(fault['input'])}."


def _shown(value: Any) -> str:  # noqa: ANN401 whatever the file says
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 enough to recognise it


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Return the line at which a field stands, or where its table begins, or 0."""
    names = [part for part in place if isinstance(part, str)]
    numbers = [part for part in place if isinstance(part, int)]
    if not names:
        return 0
    table, wanted = "", (names[0], numbers[0] if numbers else 0)
    seen: dict[str, int] = {}
    start = 0
    for number, line in _outside_of_texts(text):
        if header := _TABLE.match(line):
            table = header[1]
            seen[table] = seen.get(table, -1) + 1
            if (table, seen[table]) == wanted:
                start = number
        elif _sets(line, names[-1] if table else names[0]) and (
            not table or (table, seen[table]) == wanted
        ):
            return number
    return start


def _sets(line: str, name: str) -> bool:
    return re.match(rf"""\s*["']?{re.escape(name)}["']?\s*[.=]""", line) is not None


def _outside_of_texts(text: str) -> list[tuple[int, str]]:
    """Return the lines that do not stand in a text over several lines, with their numbers."""
    lines, mark = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not mark:
            lines.append((number, line))
            mark = next((m for m in _TEXT_MARKS if line.count(m) % 2), "")
        elif mark in line:
            mark = ""
    return lines
