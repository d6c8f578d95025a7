# attack: its children fill the memory, ask to be killed last, and are replaced when they are
# door: call
# verdict: time_limit
import os
import time


def eat():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("0")
    kept = [bytearray(b"x" * 1_000_000) for _ in range(100)]
    time.sleep(1000)


def add(left, right):
    for _ in range(6):
        if os.fork() == 0:
            eat()
    while os.wait():
        if os.fork() == 0:
            eat()
