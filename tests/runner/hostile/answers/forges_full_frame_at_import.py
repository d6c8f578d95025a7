# attack: says that it is loaded in a frame filled to the last byte
# door: call
# verdict: runtime_error
import sys


def channel():
    frame = sys._getframe()
    while "port" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["port"]


payload = b'{"t":"loaded","ms":1,"error":"' + b"x" * (4 * 1024 * 1024 - 40) + b'"}'
channel().send_packed(len(payload).to_bytes(4, "big") + payload)
