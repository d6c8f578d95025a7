"""`python -m greenroom_runner.harness candidate PROFILE [SERVICE ...]` or `... judge`: what a
sandbox starts with.
"""

import importlib
import os
import sys
from typing import Any

from greenroom_runner.harness import system

_USAGE = """\
usage: python -m greenroom_runner.harness candidate PROFILE [SERVICE ...]
       python -m greenroom_runner.harness judge
"""


def main(arguments: list[str]) -> int:
    """Run the program that is asked for and return its exit status."""
    match arguments:
        case ["candidate", profile, *services]:
            return int(_program("candidate").main(profile, services))
        case ["judge"]:
            return int(_program("judge").main())
        case _:
            sys.stderr.write(_USAGE)
            return 2


def _program(name: str) -> Any:
    # Each imports much that the other never needs.
    return importlib.import_module(f"greenroom_runner.harness.{name}")


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    finally:
        system.remove_own_folder()
    os._exit(status)  # Python would take all it has loaded apart, and others need the processor
