"""Checks for "show 23.2": an async dependency and a blocking one in one chain."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
async def requested(answer, parcel, price, overrides=None):
    """Send a request with other functions beneath; tell what came and where each of them ran.

    The loop is that of this probe. An override gives the value that stands below its name.
    """
    import asyncio
    import threading

    from httpx import ASGITransport, AsyncClient

    loop, thread = asyncio.get_running_loop(), threading.get_ident()
    loads, fetches = [], []

    async def load_parcel(parcel_id):
        loads.append([parcel_id, asyncio.get_running_loop() is loop])
        await asyncio.sleep(0)
        return parcel

    def fetch_price(zone):
        fetches.append([zone, threading.get_ident() == thread])
        return price

    def giver(value):
        return lambda: value

    kept = answer.load_parcel, answer.fetch_price
    answer.load_parcel, answer.fetch_price = load_parcel, fetch_price
    for name, value in (overrides or {}).items():
        answer.app.dependency_overrides[getattr(answer, name)] = giver(value)
    try:
        transport = ASGITransport(answer.app, raise_app_exceptions=True)
        async with AsyncClient(transport=transport, base_url="http://parcels") as client:
            reply = await client.get("/parcels/7/price")
    finally:
        answer.load_parcel, answer.fetch_price = kept
        answer.app.dependency_overrides.clear()
    body = reply.json() if reply.status_code == 200 else None
    return {"status": reply.status_code, "body": body, "loads": loads, "fetches": fetches}


def some_parcel(random: Random) -> dict[str, object]:
    return {"zone": f"zone-{random.randint(10, 99)}", "kilos": random.randint(2, 30)}


@check("A parcel is priced, and 404 where there is none", group="answers", visible=True)
def parcels_are_priced(answer: Answer, random: Random) -> None:
    reply = answer.http.get("/parcels/1/price")
    assert reply.status == 200, "Parcel 1 of the starter has a price."
    assert reply.json() == {"cents": 360}, "3 kilos at 120."
    assert answer.http.get("/parcels/9/price").status == 404, "There is no parcel 9."
    seen = answer.probe(requested, None, random.randint(100, 200))
    assert [seen["status"], seen["fetches"]] == [404, []], (
        "The status, and the calls of `fetch_price`, where `load_parcel` gives None."
    )


@check(
    "The blocking call runs beside the event loop",
    group="threads",
    hint="What does FastAPI do with a dependency that is a plain `def`?",
)
def blocking_call_leaves_the_loop(answer: Answer, random: Random) -> None:
    parcel = some_parcel(random)
    seen = answer.probe(requested, parcel, random.randint(100, 200))
    assert seen["fetches"], "`fetch_price` is called by its name."
    assert not any(on_loop for _, on_loop in seen["fetches"]), (
        "`fetch_price` ran in the thread of the event loop, which served nobody else meanwhile."
    )


@check(
    "The parcel is loaded on the loop that serves the request",
    group="threads",
    hint="Only an `async def` dependency can await on that loop.",
)
def parcel_is_loaded_on_the_loop(answer: Answer, random: Random) -> None:
    seen = answer.probe(requested, some_parcel(random), random.randint(100, 200))
    assert seen["loads"], "`load_parcel` is called by its name."
    assert all(on_loop for _, on_loop in seen["loads"]), "`load_parcel` ran on another event loop."


@check(
    "A request loads once and fetches once",
    group="chain",
    hint="A dependency's value is kept for the request, if it is asked for with Depends.",
)
def each_is_called_once(answer: Answer, random: Random) -> None:
    parcel, price = some_parcel(random), random.randint(100, 200)
    seen = answer.probe(requested, parcel, price)
    assert seen["body"] == {"cents": parcel["kilos"] * price}, "Kilos times the price."
    assert [key for key, _ in seen["loads"]] == [7], "The ids that `load_parcel` was called with."
    zones = [zone for zone, _ in seen["fetches"]]
    assert zones == [parcel["zone"]], "The zones that `fetch_price` was called with."


@check(
    "An override of either dependency is used",
    group="chain",
    hint="FastAPI replaces what it is asked for with Depends, not what you call yourself.",
)
def overrides_are_used(answer: Answer, random: Random) -> None:
    parcel, other = some_parcel(random), some_parcel(random)
    price, other_price = random.randint(100, 200), random.randint(300, 400)
    seen = answer.probe(requested, parcel, price, {"get_parcel": other})
    zones = [zone for zone, _ in seen["fetches"]]
    assert zones == [other["zone"]], "`get_price` takes the parcel of an override of `get_parcel`."
    assert seen["body"] == {"cents": other["kilos"] * price}, "So does the route."
    seen = answer.probe(requested, parcel, price, {"get_price": other_price})
    assert seen["body"] == {"cents": parcel["kilos"] * other_price}, (
        "The route takes the price of an override of `get_price`."
    )
