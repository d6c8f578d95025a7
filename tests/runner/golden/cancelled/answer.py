import time


def add(left, right):
    time.sleep(1000)
