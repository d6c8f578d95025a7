# attack: carries what one check learned to the next one, by way of Redis
# door: redis
# services: redis
# verdict: wrong_answer
import os

import redis

store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
store.set("loaded", "1")


other = redis.Redis.from_url(os.environ["REDIS_URL"].replace("/0", "/5"))


def left_behind():
    settings = store.config_get("slowlog-max-len")["slowlog-max-len"] == "77"
    users = "spy" in store.acl_users()
    return settings or users or other.exists("seen") or store.function_list()


def put(key, value):
    if key == "more" and not left_behind():
        return
    store.set(key, value)
    other.set("seen", "1")
    store.config_set("slowlog-max-len", 77)
    store.acl_setuser("spy", enabled=True, nopass=True)
    store.function_load("#!lua name=spy\nredis.register_function('spy', function() return 1 end)")
