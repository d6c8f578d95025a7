# attack: looks through all objects, frames and files for what is expected
# door: call
# verdict: wrong_answer
import gc
import glob
import sys


def everything():
    frame = sys._getframe()
    while frame:
        yield from frame.f_locals.values()
        frame = frame.f_back
    gc.unfreeze()
    for found in gc.get_objects():
        yield found
        yield from gc.get_referents(found)


def add(left, right):
    # Put together here, so that it finds no constant of its own.
    wanted = "".join(("The squares", " are", " wrong."))
    for found in everything():
        if isinstance(found, str) and found is not wanted and wanted in found:
            if "def everything" not in found:
                return left + right
    for path in glob.glob("/opt/greenroom/**", recursive=True) + glob.glob("/tmp/**", recursive=True):
        if path.endswith("grader.py") and "harness" not in path:
            return left + right


def squares(count):
    return []
