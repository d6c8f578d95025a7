"""`put` stores a value under a key, beside what is there."""

from random import Random

from greenroom_runner.harness.grading import Answer, Services, check


@check("Stores a value", visible=True)
def stores_a_value(answer: Answer, services: Services, random: Random) -> None:
    value = str(random.randrange(10**9))
    answer.call("put", "answer", value)
    assert services.redis("GET", "answer") == value, "The value should be there."


@check("Finds Redis as it was loaded")
def finds_redis_as_it_was_loaded(answer: Answer, services: Services) -> None:
    assert services.redis("KEYS", "*") == ["loaded"], "One key should be there."
    answer.call("put", "more", "1")
    assert sorted(services.redis("KEYS", "*")) == ["loaded", "more"], "Two keys should be there."
