# attack: locks everybody else out of Redis
# door: redis
# services: redis
# verdict: wrong_answer or runtime_error
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


def put(key, value):
    store.set(key, value)
    store.execute_command("ACL", "SETUSER", "default", "-@all")
