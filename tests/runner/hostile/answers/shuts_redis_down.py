# attack: ends Redis by its own command
# door: redis
# services: redis
# verdict: wrong_answer or runtime_error
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def put(key, value):
    store.set(key, value)
    store.shutdown(nosave=True)
