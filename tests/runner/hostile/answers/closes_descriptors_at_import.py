# attack: closes every descriptor there is, at import
# door: call
# verdict: runtime_error
import os

os.closerange(0, 256)


def add(left, right):
    return left + right
