"""Checks for 29.1: a request is one span with route and status, its calls are children of it, and
traces go on across services.
"""

import time
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Services, check, probe

Span = dict[str, Any]
ROUTE = "/orders/{order_id}"
NAME = f"GET {ROUTE}"
PATIENCE = 3.0


@probe
def put(answer, orders, down=()):
    """Fill the store. JSON has no numbers as names, so orders are pairs."""
    answer.ORDERS.clear()
    answer.DOWN.clear()
    answer.ASKED.clear()
    answer.ORDERS.update(dict(orders))
    answer.DOWN.update(down)


@probe
def asked(answer):
    return [{name.lower(): value for name, value in headers.items()} for headers in answer.ASKED]


@probe
def get_at_once(answer, requests):
    """Send all these in the same moment; return the statuses."""
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    def get(request):
        return client.get(request[0], headers={"traceparent": request[1]}).status_code

    with TestClient(answer.app) as client, ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(get, requests))


@probe
def get_until_shutdown(answer, paths):
    """Run the app in a process of its own that ends right after the app has shut down; return the
    statuses.
    """
    import multiprocessing
    import os

    from starlette.testclient import TestClient

    def serve(pipe):
        with TestClient(answer.app) as client:
            statuses = [client.get(path).status_code for path in paths]
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


def draw_order(random: Random) -> tuple[int, str]:
    return random.randrange(1, 10**6), f"tea-{random.randrange(100)}"


def draw_caller(random: Random) -> tuple[str, str]:
    """Return the ids of a trace and of a span in it."""
    return f"{random.randrange(1, 16**32):032x}", f"{random.randrange(1, 16**16):016x}"


def ask(answer: Answer, order: int, status: int, **more: Any) -> Any:
    reply = answer.http.get(f"/orders/{order}", **more)
    assert reply.status == status, f"GET /orders/{order} is answered with {status}, as before."
    return reply


def served(services: Services, count: int = 1, seconds: float = PATIENCE) -> list[Span]:
    """Return all spans once so many requests have theirs. A request's own span ends last."""
    until = time.monotonic() + seconds
    while True:
        spans = services.otlp("spans")
        if len(servers(spans)) >= count or time.monotonic() > until:
            return spans
        services.otlp("wait", len(spans) + 1, max(0.0, until - time.monotonic()))


def servers(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span["kind"] == "server"]


def server(spans: list[Span]) -> Span:
    """Return the span of the only request."""
    found = servers(spans)
    assert len(found) == 1, "One request has one span of kind server."
    return found[0]


def child(spans: list[Span], name: str) -> Span:
    """Return the only span of this name, which belongs to the only request."""
    own = server(spans)
    found = [span for span in spans if span["name"] == name]
    assert len(found) == 1, f"There should be one span named {name!r}."
    seen = [found[0]["trace_id"], found[0]["parent_id"]]
    assert seen == [own["trace_id"], own["span_id"]], f"{name!r} is a child of the server span."
    return found[0]


def code(span: Span) -> Any:
    """Return the status code by the stable convention's name, or by the older one."""
    attributes = span["attributes"]
    return attributes.get("http.response.status_code", attributes.get("http.status_code"))


def exceptions(span: Span) -> list[str]:
    """Return the types of the exceptions that were recorded, without their modules."""
    return [
        str(event["attributes"].get("exception.type")).rpartition(".")[2]
        for event in span["events"]
        if event["name"] == "exception"
    ]


@check("A request is one span with route and status", group="requests", visible=True)
def a_request_is_a_span(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    answer.probe(put, [[order, item]])
    reply = ask(answer, order, 200)
    wanted = {"id": order, "item": item, "in_stock": int(item[4:])}
    assert reply.json() == wanted, "The answer is as it was."
    span = server(served(services))
    assert span["name"] == NAME, "Its name is method and route."
    assert span["attributes"].get("http.route") == ROUTE, "It has the route as http.route."
    assert code(span) == 200, "It has the status code of the answer."
    assert span["status"]["code"] != "error", "Nothing went wrong."
    assert span["resource"].get("service.name") == "orders", "The resource names the service."


@check("Loading the order is a child with the order's number", group="calls", visible=True)
def loading_is_a_child(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    answer.probe(put, [[order, item]])
    ask(answer, order, 200)
    span = child(served(services), "load order")
    assert span["attributes"].get("order.id") == order, "It has the number as order.id."
    assert exceptions(span) == [], "Nothing was raised."


@check("A request goes on with its caller's trace", group="context", visible=True)
def goes_on_with_the_trace(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    trace, parent = draw_caller(random)
    answer.probe(put, [[order, item]])
    ask(answer, order, 200, headers={"traceparent": f"00-{trace}-{parent}-01"})
    spans = served(services)
    span = server(spans)
    assert span["trace_id"] == trace, "The trace is the caller's."
    assert span["parent_id"] == parent, "The parent is the caller's span."
    assert {each["trace_id"] for each in spans} == {trace}, "All spans belong to this trace."


@check(
    "Without a caller each request is a trace of its own, under one name",
    group="context",
    hint="How many different names would a year of traffic make?",
)
def begins_traces(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(3)]
    answer.probe(put, orders)
    for order, _ in orders:
        ask(answer, order, 200)
    spans = servers(served(services, len(orders)))
    assert [span["name"] for span in spans] == [NAME] * 3, "All orders share one name."
    assert len({span["trace_id"] for span in spans}) == len(spans), "Each has a new trace."
    assert {span["parent_id"] for span in spans} == {None}, "Each is the root of its trace."


@check(
    "An order that is not there is no error",
    group="errors",
    hint="What leaves the block of your span when there is no such order?",
)
def missing_orders_are_no_error(answer: Answer, services: Services, random: Random) -> None:
    order, _ = draw_order(random)
    answer.probe(put, [])
    ask(answer, order, 404)
    spans = served(services)
    assert code(server(spans)) == 404, "The span has the status code of the answer."
    child(spans, "load order")
    wrong = sorted(span["name"] for span in spans if span["status"]["code"] == "error")
    assert wrong == [], "A client that asks for the wrong number is no fault of ours."
    assert [exceptions(span) for span in spans if exceptions(span)] == [], "Nothing was recorded."


@check(
    "A store that fails is seen in its span and in the request's",
    group="errors",
    hint="Is the exception caught inside the span's block, or outside?",
)
def failures_are_recorded(answer: Answer, services: Services, random: Random) -> None:
    order, _ = draw_order(random)
    answer.probe(put, [], [order])
    ask(answer, order, 503)
    spans = served(services)
    loading = child(spans, "load order")
    assert exceptions(loading) == ["StoreDown"], "What find_order raised is recorded there."
    assert loading["status"]["code"] == "error", "Loading failed."
    assert code(server(spans)) == 503, "The span has the status code of the answer."
    assert server(spans)["status"]["code"] == "error", "503 is a fault of ours."


@check(
    "An exception that nobody caught is an error in both spans",
    group="errors",
    hint="What does your server span learn when the app raises instead of answering?",
)
def surprises_are_recorded(answer: Answer, services: Services, random: Random) -> None:
    order, _ = draw_order(random)
    answer.probe(put, [[order, f"tea{random.randrange(10)}"]])
    ask(answer, order, 500)
    spans = served(services)
    answer.http.get("/health")  # a check whose last reply is a 500 blames the answer for raising
    asking = child(spans, "ask stock")
    assert exceptions(asking) != [], "What ask_stock raised is recorded there."
    assert asking["status"]["code"] == "error", "Asking failed."
    assert server(spans)["status"]["code"] == "error", "The request failed."
    assert server(spans)["name"] == NAME, "The span has its name also when it fails."
    assert code(server(spans)) == 500, "The span has the status code of the answer."


@check(
    "The stock service is told whose child it is",
    group="calls",
    hint="Which span is current when you write the headers?",
)
def passes_the_context_on(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    trace, parent = draw_caller(random)
    answer.probe(put, [[order, item]])
    ask(answer, order, 200, headers={"traceparent": f"00-{trace}-{parent}-01"})
    span = child(served(services), "ask stock")
    assert span["kind"] == "client", "The span is of kind client."
    headers = answer.probe(asked)
    assert len(headers) == 1, "The stock service is asked once."
    told = str(headers[0].get("traceparent")).split("-")[1:3]
    assert told == [span["trace_id"], span["span_id"]], "traceparent names the span 'ask stock'."


@check(
    "Health checks leave no spans",
    group="requests",
    hint="Who asks for /health, how often, and who wants to read that?",
)
def health_is_not_traced(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    answer.probe(put, [[order, item]])
    for _ in range(3):
        assert answer.http.get("/health").status == 200, "GET /health is answered as before."
    ask(answer, order, 200)
    names = [span["name"] for span in servers(served(services))]
    assert names == [NAME], "Three health checks and one order: one span of kind server."


@check(
    "Requests of the same moment do not get mixed up",
    group="context",
    hint="Where does the current span stand, and who else reads it there?",
)
def keeps_requests_apart(answer: Answer, services: Services, random: Random) -> None:
    orders = {draw_order(random)[0]: draw_caller(random) for _ in range(16)}
    answer.probe(put, [[order, "tea-1"] for order in orders])
    requests = [
        [f"/orders/{order}", f"00-{trace}-{parent}-01"] for order, (trace, parent) in orders.items()
    ]
    assert set(answer.probe(get_at_once, requests)) == {200}, "All are answered as before."
    spans = served(services, len(orders))
    own = {span["span_id"]: span for span in servers(spans)}
    seen = {
        span["attributes"].get("order.id"): (
            span["trace_id"],
            own.get(span["parent_id"], {}).get("parent_id"),
        )
        for span in spans
        if span["name"] == "load order"
    }
    assert seen == orders, "Each order is loaded in its own caller's trace."


@check(
    "What the caller does not sample is not sent",
    group="context",
    hint="The last two digits of traceparent say what the caller decided. Which sampler looks?",
)
def follows_the_callers_decision(answer: Answer, services: Services, random: Random) -> None:
    order, item = draw_order(random)
    quiet, loud = draw_caller(random), draw_caller(random)
    answer.probe(put, [[order, item]])
    ask(answer, order, 200, headers={"traceparent": f"00-{quiet[0]}-{quiet[1]}-00"})
    ask(answer, order, 200, headers={"traceparent": f"00-{loud[0]}-{loud[1]}-01"})
    seen = {span["trace_id"] for span in served(services)}
    assert seen == {loud[0]}, "Only the second request was to be sampled."


@check(
    "No span is lost at shutdown",
    group="shutdown",
    hint="Spans wait to be sent together. Who sends the last ones?",
)
def spans_outlive_the_app(answer: Answer, services: Services, random: Random) -> None:
    orders = [draw_order(random) for _ in range(5)]
    answer.probe(put, orders)
    statuses = answer.probe(get_until_shutdown, [f"/orders/{order}" for order, _ in orders])
    assert statuses == [200] * len(orders), "All are answered as before."
    spans = served(services, len(orders), 1.0)
    assert len(servers(spans)) == len(orders), "The process is gone: all its spans have arrived."
    loaded = [span["attributes"].get("order.id") for span in spans if span["name"] == "load order"]
    assert sorted(loaded) == sorted(order for order, _ in orders), "The children, too."
