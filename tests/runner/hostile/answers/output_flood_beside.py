# attack: a child process floods both descriptors of the output
# door: call
# verdict: output_limit
import os


def add(left, right):
    if os.fork() == 0:
        while True:
            os.write(1, b"\xff\x00\x1b[2J" * 10_000)
            os.write(2, b"\xed\xa0\x80" * 10_000)
    os.wait()
