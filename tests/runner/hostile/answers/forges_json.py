# attack: replies with JSON that readers disagree about
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
    frame = sys._getframe(1)
    while "op" not in frame.f_locals:
        frame = frame.f_back
    number = frame.f_locals["op"]["n"]
    payload = b'{"t":"reply","n":%d,"value":NaN,"value":%d}' % (number, left + right)
    PORT.send_packed(len(payload).to_bytes(4, "big") + payload)
