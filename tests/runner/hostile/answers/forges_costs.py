# attack: ends its check in due form, with costs that are no numbers
# door: call
# verdict: runtime_error
import os
import sys


def channel():
    frame = sys._getframe()
    while "port" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["port"]


PORT = channel()


def squares(count):
    return [n * n for n in range(count)]


def add(left, right):
    frame = sys._getframe(1)
    while "op" not in frame.f_locals:
        frame = frame.f_back
    PORT.send({"t": "reply", "n": frame.f_locals["op"]["n"], "value": left + right})
    PORT.receive()
    PORT.send({"t": "bye", "raised": {"kind": ["?"]}})
    PORT.send({"t": "exited", "code": [], "cpu_ms": "a lot", "peak_kib": -1})
    while True:
        PORT.receive()
