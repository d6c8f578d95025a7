# attack: reads the memory of the processes that run beside it
# door: redis
# services: redis
# verdict: wrong_answer
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def open_to_it():
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (os.getpid(), os.getppid()):
            for file in ("mem", "environ", "maps"):
                try:
                    with open(f"/proc/{name}/{file}", "rb"):
                        return True
                except OSError:
                    continue
    return False


def put(key, value):
    if open_to_it():
        store.set(key, value)
