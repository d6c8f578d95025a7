# attack: kills PostgreSQL while it is loaded
# door: postgres
# services: postgres
# verdict: runtime_error or wrong_answer
import os
import signal

for found in os.listdir("/proc"):
    if found.isdigit() and int(found) not in (1, os.getpid(), os.getppid()):
        try:
            os.kill(int(found), signal.SIGKILL)
        except OSError:
            pass


def add(name):
    pass
