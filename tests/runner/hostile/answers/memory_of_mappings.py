# attack: takes memory that no limit of a process counts, until the kernel ends it
# door: call
# verdict: memory_limit
import mmap


def add(left, right):
    kept = []
    while True:
        kept.append(mmap.mmap(-1, 10_000_000))
        kept[-1].write(b"x" * 10_000_000)
