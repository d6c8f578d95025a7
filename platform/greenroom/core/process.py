"""What a process of ours asks of the system: to end when its parent does, however that ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """Have the kernel send `number` to this process when `parent` ends. For a process just forked.

    Only the thread that forked counts as the parent, so children are started from the main thread.
    Other systems than Linux know nothing of the kind.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it ended before it was watched
        os.kill(os.getpid(), number)
