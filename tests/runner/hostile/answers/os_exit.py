# attack: leaves at once with a good exit status
# door: call
# verdict: runtime_error
import os


def add(left, right):
    os._exit(0)
