# attack: watches every call and every frame for what is expected
# door: call
# verdict: wrong_answer
import sys
import threading

found = []


def watch(frame, event, argument):
    for name, value in frame.f_locals.items():
        if name in ("expected", "right", "grader", "seed", "checks", "verdict"):
            found.append(value)
    return watch


sys.settrace(watch)
sys.setprofile(watch)
threading.settrace(watch)


def add(left_, right_):
    return next((value for value in found if isinstance(value, int)), None)


def squares(count):
    return next((value for value in found if isinstance(value, list)), None)
