"""README.md's way for scripts, taken from the page as it stands and run against a real site."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.serving import PATIENCE, Serve, own_environment, serving

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = "question_bank/*/*full-name-hybrid/reference/answer.py"
PASSWORD = "correct horse battery"
ADDRESS = "http://127.0.0.1:8000"


def block(language: str, holding: str) -> str:
    """Return the one block of the page in this language that holds a text."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    [found] = [text for told, text in blocks if told == language and holding in text]
    return str(found)


@pytest.mark.parametrize("mode", ["single-user", "multi-user"])
def test_a_script_gets_a_verdict(mode: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data", GREENROOM_MODE=mode) as site:
        site.wait_until_ready()
        run(site, tmp_path, ["bash", "-ec", block("", "printf")])
        script = tmp_path / "script.py"
        # Only the port is another: 8000 may be taken.
        assert ADDRESS in block("python", "urllib")
        script.write_text(block("python", "urllib").replace(ADDRESS, site.url), "utf-8")
        [reference] = ROOT.glob(REFERENCE)
        right = reference.read_text(encoding="utf-8")
        assert verdict(site, tmp_path, script, right) == "accepted"
        wrong = right.replace('{self.first_name} {self.last_name}"', '{self.last_name}"')
        assert wrong != right
        assert verdict(site, tmp_path, script, wrong) == "wrong_answer"


def verdict(site: Serve, folder: Path, script: Path, answer: str) -> str:
    """Run the script beside an answer; see that it told the events, and return its last line."""
    (folder / "answer.py").write_text(answer, "utf-8")
    said = run(site, folder, [sys.executable, str(script)])
    for event in ("status", "check", "verdict"):
        assert f"event: {event}\n" in said
    return said.splitlines()[-1]


def run(site: Serve, folder: Path, command: list[str]) -> str:
    """Run a command in a folder with the site's own settings; return what it wrote."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env=own_environment(site.data_dir, {"PATH": path, "PASSWORD": PASSWORD}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
