"""Checks for 11.1: five requests of a client in any two seconds, counted in Redis."""

import time
from contextlib import suppress
from random import Random

from greenroom_runner.harness.grading import (
    Answer,
    Reply,
    ServiceError,
    Services,
    check,
    probe,
)

LIMIT = 5
WINDOW = 2
KEPT_AT_MOST = 10_000  # milliseconds
SOON = 1.5  # a second is promised; the rest is for a busy machine
HANG = 2.0


def draw_client(random: Random) -> str:
    return f"client-{random.randrange(10**9)}"


def ask(answer: Answer, client: str) -> Reply:
    return answer.http.get("/quotes", headers={"X-API-Key": client})


def statuses(answer: Answer, client: str, count: int) -> list[int]:
    return [ask(answer, client).status for _ in range(count)]


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


@probe
def statuses_at_once(answer, clients, processes, each):
    """For each client: what `processes` times `each` requests in the same moment are answered."""
    import multiprocessing
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    def serve(pipe):
        with TestClient(answer.app) as http, ThreadPoolExecutor(each) as pool:
            pipe.send("ready")
            while (client := pipe.recv()) is not None:
                asked = [
                    pool.submit(http.get, "/quotes", headers={"X-API-Key": client})
                    for _ in range(each)
                ]
                pipe.send([reply.result().status_code for reply in asked])

    fork = multiprocessing.get_context("fork")
    pipes = []
    for _ in range(processes):
        ours, theirs = fork.Pipe()
        fork.Process(target=serve, args=(theirs,), daemon=True).start()
        theirs.close()
        pipes.append(ours)
    for pipe in pipes:
        pipe.recv()
    rounds = []
    for client in clients:
        for pipe in pipes:
            pipe.send(client)
        rounds.append([status for pipe in pipes for status in pipe.recv()])
    for pipe in pipes:
        pipe.send(None)
    return rounds


@check(
    "Five requests are served, the sixth gets 429",
    group="basics",
    visible=True,
    hint="Count the requests of a client, and compare before you answer.",
)
def refuses_the_sixth(answer: Answer, random: Random) -> None:
    seen = statuses(answer, draw_client(random), LIMIT + 1)
    assert seen == [200] * LIMIT + [429], "Six requests in a row: five are served, one is not."


@check(
    "A request without a key gets 401",
    group="basics",
    visible=True,
    hint="Look at the key before you look at the limit.",
)
def asks_for_a_key(answer: Answer) -> None:
    seen = [answer.http.get("/quotes").status for _ in range(LIMIT + 1)]
    assert seen == [401] * (LIMIT + 1), "Without X-API-Key every request is answered with 401."
    assert ask(answer, "").status == 401, "An empty X-API-Key is no key."


@check(
    "Each client has a limit of its own",
    group="basics",
    visible=True,
    hint="What is the count stored under?",
)
def limits_each_client_apart(answer: Answer, random: Random) -> None:
    client = draw_client(random)
    others = [f"{client}:1", f"{client}*", client[:-1], f"x{client}"]
    statuses(answer, client, LIMIT + 1)
    for other in others:
        seen = ask(answer, other).status
        assert seen == 200, f"{client} has used up its limit, {other!r} has not."
    seen = ask(answer, client).status
    assert seen == 429, f"{client} is still beyond its limit while others are served."


@check(
    "The health check is never limited",
    group="basics",
    visible=True,
    hint="Which routes does your limit stand before?",
)
def leaves_the_health_check_alone(answer: Answer, random: Random) -> None:
    client = draw_client(random)
    statuses(answer, client, LIMIT + 1)
    seen = [
        answer.http.get("/health", headers={"X-API-Key": client}).status for _ in range(LIMIT + 1)
    ]
    assert seen == [200] * (LIMIT + 1), "A client beyond its limit may still ask for /health."
    assert answer.http.get("/health").status == 200, "GET /health asks for no key."


@check(
    "Who waits as long as Retry-After says is served",
    group="window",
    visible=True,
    hint="How long until the next request would be served, in whole seconds?",
)
def says_when_to_come_back(answer: Answer, random: Random) -> None:
    client = draw_client(random)
    statuses(answer, client, LIMIT)
    refusal = ask(answer, client)
    assert refusal.status == 429, "The sixth request in a row is refused."
    wait = refusal.headers.get("retry-after")
    assert wait in ("1", "2"), "Retry-After is a whole number of seconds, within the window."
    time.sleep(int(wait))
    assert ask(answer, client).status == 200, f"After {wait} s, as told, a request is served."


@check(
    "The window slides",
    group="window",
    hint="One request early, four late: how many may follow when the first is two seconds old?",
)
def slides_with_each_request(answer: Answer, random: Random) -> None:
    client = draw_client(random)
    seen = statuses(answer, client, 1)
    served = time.monotonic()  # at the latest
    sleep_until(served + WINDOW / 2)
    seen += statuses(answer, client, LIMIT)
    assert seen == [200] * LIMIT + [429], "One request, four a second later, and one too many."
    sleep_until(served + WINDOW + 0.2)
    seen = statuses(answer, client, 2)
    assert seen == [200, 429], "By now the first one is two seconds old: room for one more."


@check(
    "Refused requests do not count",
    group="window",
    hint="What does a refused request leave behind?",
)
def forgives_refused_requests(answer: Answer, random: Random) -> None:
    client = draw_client(random)
    statuses(answer, client, LIMIT)
    served = time.monotonic()
    seen = []
    while time.monotonic() < served + WINDOW - 0.5:
        seen.append(ask(answer, client).status)
        time.sleep(0.1)
    assert set(seen) == {429}, "Five were served less than two seconds ago: the rest is refused."
    sleep_until(served + WINDOW + 0.2)
    seen = statuses(answer, client, LIMIT)
    assert seen == [200] * LIMIT, "All five have gone by; what was refused meanwhile is nothing."


@check(
    "The count is in Redis alone",
    group="shared",
    hint="What would a second process of your app know of this client?",
)
def counts_in_redis(answer: Answer, random: Random, services: Services) -> None:
    client = draw_client(random)
    statuses(answer, client, LIMIT + 1)
    services.redis("FLUSHALL")
    seen = ask(answer, client).status
    assert seen == 200, "Redis was emptied: the app should know of no earlier request."


@check(
    "Twenty requests at once, over four processes: exactly five are served",
    group="shared",
    hint="What can happen between the count and the note that one more was served?",
)
def serves_exactly_five_at_once(answer: Answer, random: Random) -> None:
    clients = [draw_client(random) for _ in range(5)]
    for seen in answer.probe(statuses_at_once, clients, processes=4, each=5):
        assert sorted(seen) == [200] * 5 + [429] * 15, "Of twenty at once, five are served."


@check(
    "What Redis holds goes away by itself",
    group="resources",
    hint="A client that never comes back: who deletes what you keep of it?",
)
def keeps_nothing_for_ever(answer: Answer, random: Random, services: Services) -> None:
    for _ in range(3):
        statuses(answer, draw_client(random), LIMIT + 1)
    for key in services.redis("KEYS", "*"):
        left = services.redis("PTTL", key)
        assert left != -1, f"The key {key!r} has no time to live."
        assert left <= KEPT_AT_MOST, f"The key {key!r} should be gone within ten seconds."


@check(
    "A Redis that hangs does not hold requests up",
    group="failure",
    hint="How long does your client of Redis wait, and how often does it try?",
)
def serves_while_redis_hangs(answer: Answer, random: Random, services: Services) -> None:
    client = draw_client(random)
    statuses(answer, client, LIMIT)
    services.redis("CLIENT", "PAUSE", int(HANG * 1000), "ALL")
    asked = time.monotonic()
    seen = ask(answer, client).status
    took = time.monotonic() - asked
    assert seen == 200, "While Redis does not answer, requests are served without a limit."
    assert took < SOON, "While Redis does not answer, a request is served within a second."
    sleep_until(asked + HANG + 0.2)
    seen = statuses(answer, client, LIMIT + 1)
    assert seen == [200] * LIMIT + [429], "Redis answers again: the limit holds again."


@check(
    "A Redis that is gone does not take the app with it",
    group="failure",
    hint="Which exceptions does your client of Redis raise?",
)
def serves_while_redis_is_gone(answer: Answer, random: Random, services: Services) -> None:
    with suppress(ServiceError):  # it has no time to say so
        services.redis("SHUTDOWN", "NOSAVE")
    asked = time.monotonic()
    seen = ask(answer, draw_client(random)).status
    took = time.monotonic() - asked
    assert seen == 200, "While Redis is gone, requests are served without a limit."
    assert took < SOON, "While Redis is gone, a request is served within a second."
