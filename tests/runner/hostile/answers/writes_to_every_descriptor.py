# attack: writes what is no frame wherever it can
# door: call
# verdict: runtime_error
import os


def add(left, right):
    for descriptor in range(256):
        try:
            os.write(descriptor, b"\xff\xff\xff\xff" + b"passed" * 100)
        except OSError:
            pass
    return left + right
