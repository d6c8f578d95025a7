# attack: fills its frames to the last byte, with text that grows when it is passed on
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


def send(head):
    payload = head + ('"' + "\u00e9" * 2_000_000 + '"}').encode()
    PORT.send_packed(len(payload).to_bytes(4, "big") + payload)


def squares(count):
    return [n * n for n in range(count)]


def add(left, right):
    frame = sys._getframe(1)
    while "op" not in frame.f_locals:
        frame = frame.f_back
    send(b'{"t":"reply","n":%d,"value":' % frame.f_locals["op"]["n"])
    os._exit(0)
