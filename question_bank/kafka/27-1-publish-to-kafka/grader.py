"""Checks for 27.1: events are in the topic when they are answered for, each order's in order."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from greenroom_runner.harness.grading import Answer, Reply, Services, check, probe

TYPES = ("created", "paid", "shipped", "cancelled")
TOPIC, VIEWS = "orders", "order-views"
Json = dict[str, Any]


@probe
def posted_at_once(answer, requests):
    """Send all these in the same moment; return each one's status and body."""
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    def post(request):
        reply = client.post(request[0], json=request[1])
        return [reply.status_code, reply.json()]

    with TestClient(answer.app) as client, ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(post, requests))


@probe
def producers_made(answer):
    """Return a number that grows by one with each producer of either library."""
    import json
    import time

    from aiokafka import AIOKafkaProducer
    from confluent_kafka import Producer

    names = []
    settings = {"bootstrap.servers": "127.0.0.1:1", "log_level": 0, "statistics.interval.ms": 1}
    own = Producer({**settings, "stats_cb": lambda stats: names.append(json.loads(stats)["name"])})
    until = time.monotonic() + 5
    while not names and time.monotonic() < until:
        own.poll(0.05)
    confluent = int(names[0].rpartition("-")[2])
    return [confluent, vars(AIOKafkaProducer)["_PRODUCER_CLIENT_ID_SEQUENCE"]]


@probe
def viewed_until_shutdown(answer, paths):
    """Run the app in a process of its own that ends right after the app has shut down; return the
    statuses of the requests.
    """
    import multiprocessing
    import os

    from starlette.testclient import TestClient

    def serve(pipe):
        with TestClient(answer.app) as client:
            statuses = [client.post(path).status_code for path in paths]
        pipe.send(statuses)
        os._exit(0)

    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    statuses = ours.recv()
    process.join()
    return statuses


@probe
def without_a_broker(answer, path, event, patience):
    """Start the app while nobody listens at the broker's address; send an event and, while it
    waits, ask for the health. Returns the statuses and how long each took.
    """
    import os
    import socket
    import time
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        os.environ["KAFKA_BOOTSTRAP_SERVERS"] = f"127.0.0.1:{unused.getsockname()[1]}"

    def timed(ask):
        start = time.monotonic()
        status = ask().status_code
        return [status, time.monotonic() - start]

    client = TestClient(answer.app, raise_server_exceptions=False)
    with client, ThreadPoolExecutor(2) as pool:
        client.get("/health")
        event = pool.submit(timed, lambda: client.post(path, json=event))
        time.sleep(0.2)
        health = pool.submit(timed, lambda: client.get("/health"))
        return [event.result(patience), health.result(patience)]


def draw_order(random: Random) -> str:
    return f"A-{random.randrange(10**9)}"


def draw_event(random: Random) -> Json:
    data = {"amount": f"{random.randrange(99)}.50", "lines": [{"sku": "T-1", "count": 2}, None]}
    return {"type": random.choice(TYPES), "data": data}


def path_of(order: str) -> str:
    return f"/orders/{order}/events"


def post(answer: Answer, order: str, event: Json) -> Reply:
    reply = answer.http.post(path_of(order), json=event)
    assert reply.status == 202, "A good event is taken on with 202."
    return reply


def published(services: Services, topic: str = TOPIC) -> list[Json]:
    return services.kafka("records", topic)


def value_of(record: Json) -> Json:
    value = json.loads(record["value"])
    assert isinstance(value, dict), "The value of a record is a JSON object."
    return value


@check("An event becomes one record, with the promised value", group="events", visible=True)
def publishes_the_event(answer: Answer, services: Services, random: Random) -> None:
    order, event = draw_order(random), draw_event(random)
    shown = post(answer, order, event).json()
    records = published(services)
    assert len(records) == 1, "One event, one record on the topic orders."
    value = value_of(records[0])
    names = ["data", "id", "occurred_at", "order_id", "type"]
    assert sorted(value) == names, "The value has exactly these names."
    assert UUID(value["id"]), "The id is a UUID."
    seen = {name: value[name] for name in ("id", "order_id", "type", "data")}
    assert seen == {"id": shown["id"], "order_id": order, **event}, "What was sent, and the id."


@check("The record has the order as key and the type as header", group="events", visible=True)
def has_key_and_header(answer: Answer, services: Services, random: Random) -> None:
    order, event = draw_order(random), draw_event(random)
    post(answer, order, event)
    records = published(services)
    assert [record["key"] for record in records] == [order], "The key is the order's id."
    headers = records[0]["headers"]
    assert headers.get("type") == event["type"], "The header type holds the event's type."


@check("The answer says where the record is", group="events", visible=True)
def tells_the_place(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(3)] * 2
    answers = [post(answer, order, draw_event(random)).json() for order in orders]
    assert len({each["id"] for each in answers}) == len(answers), "Each event has an id of its own."
    records = [
        {"id": value_of(each)["id"], "partition": each["partition"], "offset": each["offset"]}
        for each in published(services)
    ]
    shown = sorted(answers, key=lambda each: (each["partition"], each["offset"]))
    assert shown == records, "Id, partition and offset of each record, as they are in the topic."


@check("A body that does not validate is not published", group="events", visible=True)
def bad_bodies_are_not_published(answer: Answer, services: Services, random: Random) -> None:
    order = draw_order(random)
    bodies = ({}, {"type": "paid"}, {"data": {}}, {"type": "burnt", "data": {}})
    for body in (*bodies, {"type": "paid", "data": "all of it"}):
        reply = answer.http.post(path_of(order), json=body)
        assert reply.status == 422, f"{body} is no event."
    assert published(services) == [], "Nothing was to be published."


@check(
    "When it happened is told in UTC",
    group="events",
    hint="What does a consumer in another time zone read?",
)
def tells_the_time(answer: Answer, services: Services, random: Random) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    post(answer, draw_order(random), draw_event(random))
    after = datetime.now(UTC) + timedelta(seconds=2)
    text = value_of(published(services)[0])["occurred_at"]
    moment = datetime.fromisoformat(text)
    assert moment.utcoffset() == timedelta(0), f"{text} should have the offset of UTC."
    assert before < moment < after, f"{text} should be the time of the request."


@check(
    "Keys and data may be any text",
    group="events",
    hint="How does text become bytes, and what is JSON?",
)
def takes_any_text(answer: Answer, services: Services, random: Random) -> None:
    order = f'Ü "{random.randrange(1000)}" 注文'
    event = {
        "type": "paid",
        "data": {"note": "naïve 'quotes' \"and\" \n 日本", "n": [1, 2.5, True]},
    }
    post(answer, order, event)
    record = published(services)[0]
    assert record["key"] == order, "The key is the id's text in UTF-8."
    value = value_of(record)
    assert value["order_id"] == order, "The order's id is in the value, too."
    assert value["data"] == event["data"], "The data as it came."


@check(
    "What happens to one order stays in order",
    group="order",
    hint="Within what does Kafka keep an order, and what decides where a record goes?",
)
def one_order_stays_in_order(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(6)]
    sent: dict[str, list[str]] = {order: [] for order in orders}
    for _ in range(4):
        for order in random.sample(orders, len(orders)):
            sent[order].append(post(answer, order, draw_event(random)).json()["id"])
    records = published(services)
    for order, ids in sent.items():
        own = [record for record in records if value_of(record)["order_id"] == order]
        assert len({record["partition"] for record in own}) == 1, "An order has one partition."
        seen = [value_of(record)["id"] for record in own]
        assert seen == ids, "In the partition the events stand as they were answered."


@check(
    "Orders are spread over the partitions",
    group="order",
    hint="Who chooses the partition?",
)
def orders_are_spread(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(24)]
    event = draw_event(random)
    answer.probe(posted_at_once, [[path_of(order), event] for order in orders])
    used = {record["partition"] for record in published(services)}
    assert len(used) > 1, "Four partitions and 24 orders: not all of them in one."


@check(
    "Events of the same moment are neither lost nor mixed up",
    group="load",
    hint="Which acknowledgement belongs to which request?",
)
def bears_many_at_once(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(30)]
    requests = [[path_of(order), draw_event(random)] for order in orders]
    answers = answer.probe(posted_at_once, requests)
    assert [each[0] for each in answers] == [202] * len(orders), "Each of them is taken on."
    places = {
        order: {"id": shown.get("id"), "at": [shown.get("partition"), shown.get("offset")]}
        for order, (_, shown) in zip(orders, answers, strict=True)
    }
    seen = {
        record["key"]: {
            "id": value_of(record)["id"],
            "at": [record["partition"], record["offset"]],
        }
        for record in published(services)
    }
    assert seen == places, "Each answer belongs to its own record."


@check(
    "One producer serves all requests",
    group="load",
    hint="How long does a producer live? It has connections, buffers and knowledge of its own.",
)
def has_one_producer(answer: Answer, random: Random) -> None:
    before = answer.probe(producers_made)
    requests = [[path_of(draw_order(random)), draw_event(random)] for _ in range(8)]
    answers = answer.probe(posted_at_once, requests)
    assert {each[0] for each in answers} == {202}, "Each of them is taken on."
    after = answer.probe(producers_made)
    made = sum(after) - sum(before) - 1  # the second look has made one, too
    assert made <= 1, "Eight requests should share one producer."


@check(
    "No view is lost at shutdown",
    group="shutdown",
    hint="What does the producer still hold when the app is asked to end?",
)
def views_outlive_the_app(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(12)]
    statuses = answer.probe(viewed_until_shutdown, [f"/orders/{order}/views" for order in orders])
    assert statuses == [202] * len(orders), "A view is answered with 202."
    records = published(services, VIEWS)
    seen = sorted([record["key"], value_of(record)] for record in records)
    wanted = sorted([order, {"order_id": order}] for order in orders)
    assert seen == wanted, "The process is gone: all views are on the topic order-views."


ALONE: list[list[list[float]]] = []


def alone(answer: Answer, random: Random) -> list[list[float]]:
    """Return what is seen without a broker, looked at once for both checks that ask."""
    if not ALONE:
        path, event = path_of(draw_order(random)), draw_event(random)
        ALONE.append(answer.probe(without_a_broker, path, event, 8))
    return ALONE[0]


@check(
    "Without a broker the app starts, and an event gets 503 soon",
    group="failure",
    hint="What does starting a producer do when nobody is there, and how long may a send take?",
)
def answers_without_a_broker(answer: Answer, random: Random) -> None:
    status, took = alone(answer, random)[0]
    assert status == 503, "Nobody took the event: the client must know."
    assert took < 5.5, "An event is answered within five seconds."


@check(
    "While an event waits, others are served",
    group="failure",
    hint="In which thread does your endpoint wait for the broker?",
)
def waiting_holds_nobody_up(answer: Answer, random: Random) -> None:
    status, took = alone(answer, random)[1]
    assert status == 200, "GET /health is answered with 200."
    assert took < 1.5, "GET /health is answered within a second, also while an event waits."
