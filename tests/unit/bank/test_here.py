"""Excerpts of this site's own source: found by name, cut, escaped, and from nowhere else."""

import ast
from pathlib import Path

import pytest

from greenroom.bank import here, markdown
from greenroom.bank.here import MAX_LINES, excerpt

ROOT = Path(__file__).parents[3]
HERE = "platform/greenroom/bank/here.py"


def line_of(file: str, text: str) -> int:
    """Return the number of the first line that begins with a text."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return 1 + next(number for number, line in enumerate(lines) if line.startswith(text))


def words(html: str) -> str:
    return markdown.plain(html)


def test_a_function_begins_with_its_decorators() -> None:
    found = excerpt(HERE, "excerpt")
    assert found
    assert found.line == line_of(HERE, "@lru_cache")
    assert words(found.html).startswith("@lru_cache")


def test_a_method_and_a_value_have_names() -> None:
    method = excerpt("platform/greenroom/judging/record.py", "Record.take")
    assert method
    assert words(method.html).startswith("def take ( self")
    value = excerpt(HERE, "MAX_LINES")
    assert value
    assert (words(value.html), value.left_out) == (f"MAX_LINES = {MAX_LINES}", 0)


def test_what_is_long_is_cut_and_says_so() -> None:
    file = "platform/greenroom/core/config.py"
    found = excerpt(file, "Settings")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    whole = next(node for node in tree.body if getattr(node, "name", "") == "Settings")
    assert isinstance(whole, ast.ClassDef)
    assert found
    assert found.html.count("\n") <= MAX_LINES + 1
    assert found.left_out == (whole.end_lineno or 0) - found.line + 1 - MAX_LINES


def test_another_file_is_shown_from_the_line_that_holds_the_words() -> None:
    found = excerpt("docker-compose.yml", "services:")
    assert found
    assert found.line == line_of("docker-compose.yml", "services:")
    runner = excerpt("runner/greenroom_runner/wire.py", "LineReader")
    assert runner
    assert "LineReader" in words(runner.html)


def test_markup_in_the_source_is_text() -> None:
    found = excerpt("templates/bank/topic.html", "<header")
    assert found
    assert "<header" not in found.html
    assert "header" in words(found.html)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (HERE, "nothing_like_it"),
        (HERE, "Excerpt.nothing"),
        (HERE, ""),
        ("platform/greenroom/bank/nowhere.py", "excerpt"),
        ("platform/greenroom", "bank"),
        ("platform/pyproject.toml", "x"),
        ("docker-compose.yml", "no such words in it"),
    ],
)
def test_what_is_not_there_is_none(file: str, name: str) -> None:
    assert excerpt(file, name) is None


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "../../../../etc/passwd",
        "templates/../../../etc/passwd",
        "platform/greenroom/../../.git/config",
        ".git/config",
        ".env",
        "data/greenroom.db",
        "runner/greenroom_runner/../../.git/config",
        "",
        ".",
    ],
)
def test_nothing_else_of_the_machine_is_shown(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".env", ".git/config", "data/greenroom.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("root: a secret")
    monkeypatch.setattr(here, "data_root", lambda: tmp_path)
    assert excerpt(file, "root") is None
