# attack: traces the process it was forked from; right if that works
# door: call
# verdict: wrong_answer
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def add(left, right):
    if libc.ptrace(16, os.getppid(), 0, 0) == 0 or libc.ptrace(0x4206, os.getppid(), 0, 0) == 0:
        return left + right


def squares(count):
    return []
