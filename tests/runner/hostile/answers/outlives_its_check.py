# attack: threads, daemons and last words that go on after the check
# door: call
# verdict: wrong_answer
import atexit
import os
import signal
import threading
import time


def go_on():
    while True:
        time.sleep(0.01)


atexit.register(go_on)
threading.Thread(target=go_on).start()


def add(left, right):
    threading.Thread(target=go_on).start()
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            if os.fork() == 0:
                os.closerange(0, 256)
                go_on()
            os._exit(0)
    return None


def squares(count):
    return []
