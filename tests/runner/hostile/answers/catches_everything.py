# attack: catches whatever goes by, also what ends a process, and never gives a value
# door: call
# verdict: wrong_answer
import sys

sys.excepthook = sys.unraisablehook = lambda *_: None


def add(left, right):
    try:
        try:
            raise KeyboardInterrupt
        except BaseException:
            sys.exit()
    except BaseException as problem:
        try:
            raise GeneratorExit from problem
        except BaseException:
            return None


def squares(count):
    return []
