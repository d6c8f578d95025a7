"""Checks for 26.1: lists come from Redis, for a minute, or until a price changes."""

import json
import time
from contextlib import suppress
from random import Random
from typing import Any

from greenroom_runner.harness.grading import (
    Answer,
    Reply,
    ServiceError,
    Services,
    check,
    probe,
)

KEPT = 60_000  # milliseconds
SOON = 1.5  # a second is promised; the rest is for a busy machine
HANG = 2.0

Products = list[dict[str, Any]]


@probe
def put(answer, products):
    """Have these products in the catalogue, and no others; forget the loads."""
    answer.PRODUCTS.clear()
    for product in products:
        answer.PRODUCTS[product["id"]] = answer.Product(**product)
    answer.LOADS.clear()


@probe
def loads(answer):
    return list(answer.LOADS)


@probe
def in_two_processes(answer, steps, products):
    """Send requests in two processes, of which only the first knows the products. A step is the
    process, the method, the path and what to send. Returns what each was answered, and how often
    its process had loaded by then.
    """
    import multiprocessing

    from starlette.testclient import TestClient

    def serve(pipe, known):
        put(answer, known)
        with TestClient(answer.app) as http:
            while (step := pipe.recv()) is not None:
                method, path, sent = step
                reply = http.request(method, path, **sent)
                pipe.send(
                    [
                        reply.status_code,
                        reply.headers.get("x-cache"),
                        reply.text,
                        len(loads(answer)),
                    ]
                )

    fork = multiprocessing.get_context("fork")
    pipes = []
    for known in (products, []):
        ours, theirs = fork.Pipe()
        fork.Process(target=serve, args=(theirs, known), daemon=True).start()
        theirs.close()
        pipes.append(ours)
    seen = []
    for process, *step in steps:
        pipes[process].send(step)
        seen.append(pipes[process].recv())
    for pipe in pipes:
        pipe.send(None)
    return seen


def draw_category(random: Random) -> str:
    return f"{random.choice(['tea', 'cups', 'books'])}-{random.randrange(10**6)}"


def draw_products(random: Random, category: str, count: int = 3) -> Products:
    """Return products as the API shows them."""
    ids = random.sample(range(1, 10**6), count)
    return [
        {
            "id": number,
            "category": category,
            "name": random.choice(['Earl "Grey"', "煎茶", "Assam", "Ås & Øl"]) + f" {number}",
            "price": f"{random.randrange(1, 90)}.{random.randrange(10)}0",
        }
        for number in ids
    ]


def ask(answer: Answer, category: str) -> Reply:
    reply = answer.http.get("/products", params={"category": category})
    assert reply.status == 200, f"GET /products with category={category!r} is answered with 200."
    return reply


def caches(answer: Answer, category: str, count: int) -> list[str | None]:
    """Return what X-Cache says to so many requests."""
    return [ask(answer, category).headers.get("x-cache") for _ in range(count)]


def keys(services: Services) -> list[str]:
    found = services.redis("KEYS", "*")
    assert len(found) > 0, "After a miss the list should be in Redis."
    return found


def longest(services: Services) -> int:
    """Return how long what is kept longest still lives, in milliseconds."""
    return max(services.redis("PTTL", key) for key in keys(services))


@check("A list is what the catalogue has of its category", group="basics", visible=True)
def serves_the_catalogue(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted + draw_products(random, "other"))
    reply = ask(answer, category)
    assert reply.json() == wanted, "The first request gets the catalogue's list."
    assert reply.headers.get("x-cache") == "miss", "The catalogue was asked: X-Cache says so."
    assert answer.probe(loads) == [category], "The list comes from load_products, in one load."


@check("The second request does not touch the catalogue", group="basics", visible=True)
def a_hit_leaves_the_catalogue_alone(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, category))
    seen = caches(answer, category, 4)
    assert seen == ["miss", "hit", "hit", "hit"], "The list is kept after the first request."
    assert answer.probe(loads) == [category], "Four requests, one load."


@check("A hit shows the same JSON as the miss", group="basics", visible=True)
def a_hit_looks_like_a_miss(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted)
    for time_asked in ("first", "second"):
        reply = ask(answer, category)
        assert reply.json() == wanted, f"The {time_asked} answer: texts and prices as they were."
        media_type = reply.headers.get("content-type", "").partition(";")[0]
        assert media_type == "application/json", f"The {time_asked} answer is JSON."


@check("A list is kept for a minute", group="basics", visible=True)
def keeps_for_a_minute(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, category))
    ask(answer, category)
    for key in keys(services):
        left = services.redis("PTTL", key)
        assert left > 0, f"The key {key!r} should have a time to live."
        assert left <= KEPT, f"The key {key!r} should be gone within 60 seconds."
    assert longest(services) > KEPT - 5_000, "The list was loaded just now: nearly 60 seconds left."


@check("A new price shows at once", group="changes", visible=True)
def a_new_price_shows_at_once(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted)
    caches(answer, category, 2)
    changed = random.choice(wanted)
    changed["price"] = f"{random.randrange(100, 200)}.50"
    reply = answer.http.patch(f"/products/{changed['id']}", json={"price": changed["price"]})
    assert reply.status == 200, "A price can be changed."
    assert reply.json() == changed, "The changed product comes back, as in the starter."
    reply = ask(answer, category)
    assert reply.json() == wanted, "The list should show the new price."
    assert reply.headers.get("x-cache") == "miss", "The old list should be kept no more."
    assert caches(answer, category, 1) == ["hit"], "The new list is kept like the first."


@check(
    "A product that is not there is 404",
    group="changes",
    hint="What does the starter answer?",
)
def unknown_products_are_404(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, category))
    reply = answer.http.patch(f"/products/{10**7 + random.randrange(99)}", json={"price": "1.00"})
    assert reply.status == 404, "Nobody's price can be changed."


@check(
    "Categories do not get mixed up",
    group="keys",
    hint="What is a list stored under, and what else begins like that?",
)
def keeps_categories_apart(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    names = [category, f"{category}:x", category.upper(), f" {category}", "*", "Tee & Gebäck", ""]
    lists = {name: draw_products(random, name, 1) for name in names}
    answer.probe(put, [product for products in lists.values() for product in products])
    for wanted in ("miss", "hit"):
        for name, products in lists.items():
            reply = ask(answer, name)
            assert reply.json() == products, f"The list of the category {name!r}."
            assert reply.headers.get("x-cache") == wanted, f"Each is loaded once: {name!r}."


@check(
    "A change leaves the lists of other categories kept",
    group="changes",
    hint="Which keys does a change concern?",
)
def a_change_spares_other_lists(answer: Answer, random: Random) -> None:
    ours, other = draw_category(random), f"other-{draw_category(random)}"
    products = draw_products(random, ours)
    answer.probe(put, products + draw_products(random, other))
    caches(answer, ours, 1)
    caches(answer, other, 1)
    answer.http.patch(f"/products/{products[0]['id']}", json={"price": "1.00"})
    assert caches(answer, other, 1) == ["hit"], "Nothing of this category was changed."
    assert caches(answer, ours, 1) == ["miss"], "The list with the new price is loaded."


@check(
    "A list without products is kept, too",
    group="keys",
    hint="Is your test for 'nothing kept' also true of an empty list?",
)
def keeps_empty_lists(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, "other"))
    seen = caches(answer, category, 3)
    assert seen == ["miss", "hit", "hit"], "The catalogue has nothing: one load tells that."
    assert ask(answer, category).json() == [], "A category without products is an empty list."


@check(
    "Hits do not prolong a list's life",
    group="time",
    hint="From which moment do the 60 seconds count?",
)
def hits_prolong_nothing(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, category))
    ask(answer, category)
    for key in keys(services):
        services.redis("PEXPIRE", key, 20_000)  # as if 40 seconds had gone by
    assert caches(answer, category, 2) == ["hit", "hit"], "The list lives for 20 seconds more."
    assert longest(services) <= 20_000, "A hit should leave the time to live as it is."


@check(
    "What was kept is in Redis alone",
    group="shared",
    hint="What does your process remember when Redis does not?",
)
def remembers_nothing_itself(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    answer.probe(put, draw_products(random, category))
    caches(answer, category, 2)
    services.redis("FLUSHALL")
    seen = caches(answer, category, 2)
    assert seen == ["miss", "hit"], "Redis was emptied: the list is loaded again, and kept again."


@check(
    "Two processes share lists and learn of changes",
    group="shared",
    hint="One process loads, another one answers. One changes a price, another one is asked.",
)
def processes_share_lists(answer: Answer, random: Random) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    get = ["GET", "/products", {"params": {"category": category}}]
    patch = ["PATCH", f"/products/{wanted[0]['id']}", {"json": {"price": "2.50"}}]
    steps = [[1, "GET", "/products", {"params": {"category": f"not-{category}"}}]]
    steps += [[0, *get], [1, *get], [0, *patch], [1, *get]]
    _, first, second, changed, last = answer.probe(in_two_processes, steps, wanted)
    assert first[1] == "miss", "The first process loads the list."
    assert second[1] == "hit", "The second process finds it in Redis."
    assert json.loads(second[2]) == json.loads(first[2]), "Both show the same list."
    assert second[3] == 1, "The second process has loaded another category only."
    assert changed[0] == 200, "The first process changes a price."
    assert last[1] == "miss", "After the change the second process serves the old list no more."


@check(
    "What cannot be read counts as a miss",
    group="failure",
    hint="What if another release of the app wrote what stands under your key?",
)
def replaces_what_it_cannot_read(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted)
    for garbage in ("\x80\x04garbage", '{"products": [', ""):
        ask(answer, category)
        for key in keys(services):
            services.redis("SET", key, garbage, "KEEPTTL")
        reply = ask(answer, category)
        assert reply.json() == wanted, f"{garbage!r} under the key is no list: ask the catalogue."
        assert reply.headers.get("x-cache") == "miss", f"{garbage!r} under the key is no hit."
        assert caches(answer, category, 1) == ["hit"], "The list that was loaded replaces it."


@check(
    "A Redis that hangs does not hold requests up",
    group="failure",
    hint="How long does your client of Redis wait, and how often does it try?",
)
def serves_while_redis_hangs(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted)
    caches(answer, category, 1)
    services.redis("CLIENT", "PAUSE", int(HANG * 1000), "ALL")
    asked = time.monotonic()
    reply = ask(answer, category)
    took = time.monotonic() - asked
    assert reply.json() == wanted, "While Redis does not answer, the catalogue does."
    assert reply.headers.get("x-cache") == "miss", "The catalogue was asked: X-Cache says so."
    assert took < SOON, "While Redis does not answer, a list is served within a second."
    time.sleep(max(0.0, asked + HANG + 0.2 - time.monotonic()))
    assert caches(answer, category, 1) == ["hit"], "Redis answers again: it is used again."


@check(
    "A Redis that is gone takes neither route with it",
    group="failure",
    hint="Which exceptions does your client of Redis raise, and where do you ask it?",
)
def serves_while_redis_is_gone(answer: Answer, random: Random, services: Services) -> None:
    category = draw_category(random)
    wanted = draw_products(random, category)
    answer.probe(put, wanted)
    with suppress(ServiceError):  # it has no time to say so
        services.redis("SHUTDOWN", "NOSAVE")
    asked = time.monotonic()
    reply = ask(answer, category)
    took = time.monotonic() - asked
    assert reply.json() == wanted, "Without Redis a list comes from the catalogue."
    assert reply.headers.get("x-cache") == "miss", "The catalogue was asked: X-Cache says so."
    assert took < SOON, "Without Redis a list is served within a second."
    reply = answer.http.patch(f"/products/{wanted[0]['id']}", json={"price": "7.70"})
    assert reply.status == 200, "Without Redis a price can be changed."
    assert ask(answer, category).json()[0]["price"] == "7.70", "The catalogue knows the new price."
