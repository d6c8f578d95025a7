# attack: says by itself how its check ended, what it cost and that it was loaded
# door: call
# verdict: runtime_error
import sys


def channel():
    frame = sys._getframe()
    while "port" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["port"]


PORT = channel()


def add(left, right):
    for kind in ("bye", "exited", "loaded", "ended", "died"):
        PORT.send({"t": kind, "code": 0, "ms": -1, "cpu_ms": "x", "raised": None, "error": None})
    return left + right
