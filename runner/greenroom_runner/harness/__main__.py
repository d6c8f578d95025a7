"""`python -m greenroom_runner.harness candidate PROFILE [SERVICE ...]` or `... judge`: what a
sandbox starts with.
"""

import sys

from greenroom_runner.harness import candidate, judge, system


def main(arguments: list[str]) -> int:
    """Run the program that is asked for and return its exit status."""
    match arguments:
        case ["candidate", profile, *services]:
            return candidate.main(profile, services)
        case ["judge"]:
            return judge.main()
        case _:
            sys.stderr.write(
                "usage: python -m greenroom_runner.harness candidate PROFILE [SERVICE ...]\n"
                "       python -m greenroom_runner.harness judge\n"
            )
            return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    finally:
        system.remove_own_folder()
