# attack: closes every descriptor there is
# door: call
# verdict: runtime_error
import os


def add(left, right):
    os.closerange(0, 256)
    return left + right
