# attack: folders within folders, deeper than any path and any recursion
# door: call
# verdict: wrong_answer
import os

for _ in range(2000):
    os.mkdir("x" * 50)
    os.chdir("x" * 50)


def add(left, right):
    return None


def squares(count):
    return []
