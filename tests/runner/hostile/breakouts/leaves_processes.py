# attack: leaves processes in groups and sessions of their own, and looks for those of the one before
import os
import time

from greenroom_runner.harness.grading import check


@check("No process of an earlier judgement is there", visible=True)
def nothing() -> None:
    known = {1, os.getpid()}
    found = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in known]
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 256)
                time.sleep(1000)
            os._exit(0)
    assert found == []
