# attack: leaves what it was asked in every place there is, for a check whose output is shown
# door: call
# verdict: wrong_answer
import glob
import os
import sys

PLACES = ("/tmp", "/dev/shm", "/dev/mqueue", "/run", os.getcwd(), os.environ["HOME"])
LARGE = os.path.join(os.getcwd(), "large")

# More than is remembered of a folder, so that it is not put back as it was.
with open(LARGE, "w") as file:
    file.write("x" * 9_000_000)


def add(left, right):
    for folder in PLACES:
        try:
            with open(os.path.join(folder, "asked"), "w") as file:
                file.write(f"{left} {right}")
        except OSError:
            pass
    with open(LARGE, "w") as file:
        file.write(f"{left} {right}")
    return left + right


def squares(count):
    for path in (LARGE, *(os.path.join(folder, "asked") for folder in PLACES)):
        try:
            with open(path) as file:
                print(file.read(200), file=sys.stderr)
        except OSError:
            pass
    return []
