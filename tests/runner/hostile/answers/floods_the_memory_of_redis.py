# attack: lets Redis take all the memory of the sandbox
# door: redis
# services: redis
# verdict: memory_limit or runtime_error or time_limit
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def put(key, value):
    store.config_set("maxmemory", 0)
    for number in range(100_000):
        store.set(f"{key}-{number}", "x" * 100_000)
    store.set(key, value)
