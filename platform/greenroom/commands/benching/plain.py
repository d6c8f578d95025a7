"""The other side of the comparison: a question's checks as a plain pytest file, run plainly.

The file is made from the grader itself, so both sides run the same checks with the same libraries.
pytest gets every advantage: no plugin, compiled files from earlier rounds, no plan to report.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from greenroom.commands.benching import doors
from greenroom.core.errors import GreenroomError

_RUNNER = "greenroom_runner"
_SUMMARY = re.compile(r"^(\d+) passed", re.MULTILINE)


class PlainPytest:
    """A folder with an answer and its checks, ready to be run again and again."""

    def __init__(self, folder: Path, grader: str, answer: str) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "answer.py").write_text(answer, encoding="utf-8")
        (folder / "test_answer.py").write_text(plain_tests(grader), encoding="utf-8")
        (folder / "conftest.py").write_text('pytest_plugins = ["doors"]\n', encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        shutil.copy(doors.__file__, folder / "doors.py")

    def run(self) -> tuple[float, int]:
        """Return the seconds that `python -m pytest` took, and how many checks passed."""
        environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        started = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        seconds = time.perf_counter() - started
        return seconds, passed_of(done.stdout, done.returncode)


def passed_of(said: str, status: int) -> int:
    """Return how many checks passed by what pytest said. Raises GreenroomError where one did
    not.
    """
    passed = _SUMMARY.search(said)
    if status or passed is None:
        raise GreenroomError(f"Plain pytest did not pass the reference:\n{said}")
    return int(passed.group(1))


def plain_tests(grader: str) -> str:
    """Rewrite a grader as the test file that a person would write: checks become tests."""
    tree = ast.parse(grader)
    tree.body = [node for node in tree.body if not _imports_runner(node)]
    opening = 1 if ast.get_docstring(tree) else 0
    tree.body.insert(
        opening, ast.parse("from doors import Answer, AnswerError, Reply, raises").body[0]
    )
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(_decorator(each) == "check" for each in node.decorator_list):
                node.name = f"test_{node.name}"
            node.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _imports_runner(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_RUNNER)


def _decorator(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.id if isinstance(function, ast.Name) else ""
