# attack: the process of a check sleeps before it is asked anything
# door: call
# verdict: time_limit
import os
import time

os.register_at_fork(after_in_child=lambda: time.sleep(1000))


def add(left, right):
    return left + right
