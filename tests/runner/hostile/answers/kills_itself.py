# attack: kills its own process as the kernel does when memory runs out
# door: call
# verdict: runtime_error
import os
import signal


def add(left, right):
    os.kill(os.getpid(), signal.SIGKILL)


def squares(count):
    return [number * number for number in range(count)]
