# attack: freezes the process that counts what a check used
# door: call
# verdict: time_limit
import os
import signal


def add(left, right):
    os.kill(os.getppid(), signal.SIGSTOP)
    return left + right
