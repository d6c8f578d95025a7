# attack: ends by every signal that a process may send itself, and by alarms
# door: call
# verdict: runtime_error
import os
import signal


def add(left, right):
    os.kill(os.getpid(), signal.SIGSEGV)


def squares(count):
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    while True:
        pass
