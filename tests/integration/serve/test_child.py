"""A child process: none is started unknown, and each hears signals."""

import os
import signal
import subprocess
import sys

from greenroom.serve.child import Child

# In a program of its own: only where there is one thread can a signal be made to wait.
INTERRUPTED = """
import os
import signal
from greenroom.serve.child import Child

class Heard(Exception):
    pass

class Interrupted(Child):
    # It is forked, and nobody knows it yet.
    def _begin(self, parent, blocked):
        os.kill(parent, signal.SIGHUP)
        super()._begin(parent, blocked)

def hear(*_):
    raise Heard

signal.signal(signal.SIGHUP, hear)
child = Interrupted("sleeper", ("sleep", "600"), dict(os.environ))
try:
    child.start()
except Heard:
    print("heard, and running:", child.running)
child.sweep()
print("swept, and running:", child.running)
"""


def test_a_signal_leaves_no_child_that_nobody_knows() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert done.stdout == "heard, and running: True\nswept, and running: False\n", done.stderr


def test_a_child_hears_signals_though_they_waited_while_it_was_started() -> None:
    child = Child("sleeper", ("sleep", "600"), dict(os.environ))
    child.start()
    child.send(signal.SIGTERM)
    assert child.process
    assert child.process.wait(10) == -signal.SIGTERM
