# attack: fills Redis until there is no memory left
# door: redis
# services: redis
# verdict: runtime_error or memory_limit
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def put(key, value):
    store.config_set("maxmemory", 0)
    store.config_set("maxmemory", 1 << 25)
    for number in range(100_000):
        store.set(f"{key}-{number}", "x" * 100_000)
    store.set(key, value)
