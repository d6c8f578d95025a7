"""What a profile warms up, and that it leaves nothing that a fork would break."""

import json
import subprocess
import sys
import textwrap
from typing import get_args

import pytest

from greenroom_runner.harness.profiles import LIBRARIES
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


@pytest.mark.parametrize("profile", ["pydantic", "sqlalchemy", "fastapi"])
def test_warming_up_leaves_no_thread_and_no_descriptor(profile: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(LOOK), profile]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert (found["threads"], found["descriptors"], found["loop"]) == (1, 0, False)


def test_every_profile_that_can_be_asked_for_is_described() -> None:
    assert set(LIBRARIES) == set(get_args(Profile))
    for name in ("pydantic", "sqlalchemy", "fastapi"):
        assert set(LIBRARIES[name]) <= set(LIBRARIES["everything"])
