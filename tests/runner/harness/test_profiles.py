"""What a profile warms up, and that it leaves nothing that a fork would break."""

import json
import subprocess
import sys
import textwrap
from typing import get_args

import pytest

from greenroom_runner.harness.profiles import LIBRARIES, SUITE
from greenroom_runner.request import Profile

LOOK = """
    import json, os, sys, threading, warnings
    warnings.simplefilter("error")
    from greenroom_runner.harness import profiles
    before = set(os.listdir("/proc/self/fd"))
    profiles.warm(sys.argv[1])
    print(json.dumps({
        "threads": threading.active_count(),
        "descriptors": len(set(os.listdir("/proc/self/fd")) - before),
        "loop": "asyncio" in sys.modules and sys.modules["asyncio"]._get_running_loop() is not None,
    }))
"""


@pytest.mark.parametrize("profile", ["pydantic", "sqlalchemy", "fastapi", SUITE])
def test_warming_up_leaves_no_thread_and_no_descriptor(profile: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(LOOK), profile]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert (found["threads"], found["descriptors"], found["loop"]) == (1, 0, False)


def test_a_sandbox_imports_only_its_own_program() -> None:
    look = """
    import sys
    import greenroom_runner.harness.__main__
    print([name for name in sys.modules if name.endswith((".candidate", ".judge"))])
    """
    command = [sys.executable, "-c", textwrap.dedent(look)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("arguments", [[], ["judge", "fastapi"], ["candidate"], ["referee"]])
def test_says_how_it_is_called(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "greenroom_runner.harness", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m greenroom_runner.harness candidate PROFILE")


def test_every_profile_that_can_be_asked_for_is_described() -> None:
    assert set(LIBRARIES) == {*get_args(Profile), SUITE}
    for name in ("pydantic", "sqlalchemy", "fastapi"):
        assert set(LIBRARIES[name]) <= set(LIBRARIES["everything"])
