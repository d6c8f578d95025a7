# attack: sleeps past its deadline, deaf to every signal that can be refused
# door: call
# verdict: time_limit
import signal
import time

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)


def add(left, right):
    while True:
        time.sleep(1000)
