# attack: sends every process of its group away
# door: call
# verdict: runtime_error
import os
import signal


def add(left, right):
    os.kill(0, signal.SIGTERM)
