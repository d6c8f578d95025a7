"""Checks for 22.1: one record for each request, written when it is really over."""

import time
from contextlib import suppress
from random import Random
from typing import NamedTuple

from greenroom_runner.harness.grading import Answer, Reply, Stream, check, probe


@probe
def listen(answer):
    """Keep what is logged from now on, in the place of what was kept before."""
    import logging

    logger = logging.getLogger("durations")

    class Keep(logging.Handler):
        def emit(self, record):
            logger.kept.append([record.levelname, record.getMessage()])

    if not hasattr(logger, "kept"):
        logger.addHandler(Keep())
        logger.setLevel(logging.DEBUG)
    logger.kept = []


@probe
def kept(answer):
    import logging

    return logging.getLogger("durations").kept


@probe
def add_routes(answer, base):
    """Add routes that are slow, refuse, raise, and set the clock."""
    import asyncio
    import time

    from fastapi import HTTPException

    async def slow():
        await asyncio.sleep(0.05)
        return {}

    async def refuses():
        raise HTTPException(409, "Not now.")

    async def raises():
        raise RuntimeError("broken on purpose")

    async def set_clock():
        real = vars(time).setdefault("real_time", time.time)
        time.time = lambda: real() - 3600
        return {}

    for endpoint in (slow, refuses, raises, set_clock):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)
    answer.app.get(base + "/any/{rest:path}")(slow)


@probe
def add_stream(answer, base):
    """Add a stream that stops after its first part until it is told to go on, or gives up."""
    import asyncio

    from fastapi.responses import StreamingResponse

    gate = asyncio.Event()

    async def parts(breaks):
        yield b"first,"
        asyncio.get_running_loop().call_later(1.5, gate.set)
        await gate.wait()
        if breaks:
            raise RuntimeError("broken on purpose")
        yield b"last"

    async def stream(breaks: bool = False):
        return StreamingResponse(parts(breaks), status_code=203)

    async def go_on():
        gate.set()

    answer.app.get(f"{base}/stream")(stream)
    answer.app.get(f"{base}/go_on")(go_on)


@probe
def add_task(answer, base):
    """Add a route with a background task, which looks at what is logged by then."""
    import logging

    from fastapi import BackgroundTasks

    async def look_at_the_log():
        answer.app.state.before_the_task = list(logging.getLogger("durations").kept)

    async def later(tasks):
        tasks.add_task(look_at_the_log)
        return {}

    later.__annotations__["tasks"] = BackgroundTasks
    answer.app.get(f"{base}/later")(later)


@probe
def before_the_task(answer):
    return answer.app.state.before_the_task


@probe
def reset_clock(answer):
    import time

    time.time = vars(time).get("real_time", time.time)


@probe
async def talk_over_websocket(answer, path):
    """Return what the app sends over a WebSocket that says hello."""
    import asyncio

    from fastapi import WebSocket

    async def echo(socket):
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    echo.__annotations__["socket"] = WebSocket
    answer.app.websocket(path)(echo)
    scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "root_path": ""}
    scope |= {"scheme": "ws", "query_string": b"", "headers": [], "subprotocols": []}
    scope |= {"client": ("127.0.0.1", 1), "server": ("testserver", 80), "state": {}}
    inbox, sent = asyncio.Queue(), []
    inbox.put_nowait({"type": "websocket.connect"})
    inbox.put_nowait({"type": "websocket.receive", "text": "hello"})

    async def send(message):
        sent.append(message.get("text", message["type"]))

    await answer.app(scope, inbox.get, send)
    return sent


class Record(NamedTuple):
    """What the log says of one request."""

    level: str
    method: str
    path: str
    status: str
    duration: float


class Watch:
    """Knows at least and at most how many milliseconds a request took."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.until = self.begun

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self.until = time.monotonic()

    @property
    def passed(self) -> float:
        return 1000 * (self.until - self.begun)


def prepared(answer: Answer, random: Random) -> str:
    """Begin to listen, add the routes, and return the path that they begin with."""
    base = f"/r{random.randrange(10**12)}"
    for add in (add_routes, add_stream, add_task):
        answer.probe(add, base)
    answer.probe(listen)
    return base


def read(line: list[str]) -> Record:
    level, message = line
    words = message.split(" ")
    assert len(words) == 4, f"The message {message!r} should have four words, one space between."
    with suppress(ValueError):
        return Record(level, *words[:3], float(words[3]))
    raise AssertionError(f"The last word of {message!r} should be a number.")


def records(answer: Answer, path: str) -> list[Record]:
    """Return what was logged of this path."""
    return [one for one in map(read, answer.probe(kept)) if one.path == path]


def record(answer: Answer, path: str) -> Record:
    """Return the one record of this path. It may come a moment after the response."""
    patient_until = time.monotonic() + 1
    while not (found := records(answer, path)) and time.monotonic() < patient_until:
        time.sleep(0.01)
    lines = len(found)
    assert lines == 1, f"{path} was asked for once and gives one record with this path."
    return found[0]


def fault(answer: Answer, base: str) -> Reply:
    """Return the reply of the route that raises. Another request follows, which does not."""
    reply = answer.http.get(f"{base}/raises")
    answer.http.get(f"{base}/go_on")
    return reply


def read_first(stream: Stream) -> None:
    assert stream.read() == b"first,", "The first part should come while the app makes the second."


def read_rest(stream: Stream) -> bytes:
    rest = b""
    while part := stream.read():
        rest += part
    return rest


@check("Each request gives a record with method, path and status", group="basics", visible=True)
def each_request_is_logged(answer: Answer) -> None:
    answer.probe(listen)
    assert answer.http.get("/orders").json() == {"1": "tea"}, "The routes of the starter work."
    assert answer.http.post("/orders", json={"item": "ink"}).status == 201, "And so does this one."
    answer.http.get("/orders", params={"customer": "7"})
    seen = [[one.method, one.path, one.status] for one in map(read, answer.probe(kept))]
    expected = [["GET", "/orders", "200"], ["POST", "/orders", "201"], ["GET", "/orders", "200"]]
    assert seen == expected, "Three requests were made, the last one with a query."


@check("The duration is in milliseconds", group="basics", visible=True)
def duration_is_milliseconds(answer: Answer, random: Random) -> None:
    path = f"{prepared(answer, random)}/slow"
    with Watch() as watch:
        answer.http.get(path)
    seen = record(answer, path).duration
    assert seen >= 48, "The route waits for 50 ms."
    assert seen <= watch.passed + 1, f"All of it took {watch.passed:.1f} ms."


@check("A refusal is logged like any other answer", group="basics", visible=True)
def refusals_are_logged(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    for path, status in ((f"{base}/refuses", "409"), (f"{base}/nowhere", "404")):
        answer.http.get(path)
        one = record(answer, path)
        assert [one.level, one.status] == ["INFO", status], f"{path} is answered with {status}."


@check("A request that raises is logged as 500", group="faults", visible=True)
def raised_is_logged_as_500(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    fault(answer, base)
    assert record(answer, f"{base}/raises").status == "500", "The route raised."


@check(
    "A fault is logged as an error and goes on",
    group="faults",
    hint="Who answers with 500, and who reports the exception? Is it still there for them?",
)
def faults_go_on(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    reply = fault(answer, base)
    assert reply.raised == "RuntimeError", "The exception of the route should come out of the app."
    assert record(answer, f"{base}/raises").level == "ERROR", "An exception came out of the app."


@check(
    "A stream that breaks off is an error with the status that was sent",
    group="faults",
    hint="The response has begun: which status has the client, and can it still change?",
)
def broken_streams_are_errors(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    with answer.http.stream(f"{base}/stream?breaks=true") as stream:
        read_first(stream)
        answer.http.get(f"{base}/go_on")
        read_rest(stream)
    answer.http.get(f"{base}/refuses")
    one = record(answer, f"{base}/stream")
    assert [one.level, one.status] == ["ERROR", "203"], "The stream began with 203, then raised."


@check(
    "A stream goes on part by part",
    group="streams",
    hint="Does anything wait for the whole body?",
)
def streams_go_on_in_parts(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    with answer.http.stream(f"{base}/stream") as stream:
        read_first(stream)
        answer.http.get(f"{base}/go_on")
        assert read_rest(stream) == b"last", "Then the second part should come, and nothing else."


@check(
    "A stream counts until its last part",
    group="streams",
    hint="What is over when a response has its status: the request, or its beginning?",
)
def streams_count_to_the_end(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    path = f"{base}/stream"
    with Watch() as whole, answer.http.stream(path) as stream:
        read_first(stream)
        with Watch() as inner:
            assert records(answer, path) == [], "The stream goes on: there is nothing to log yet."
            time.sleep(0.05)
        answer.http.get(f"{base}/go_on")
        read_rest(stream)
    seen = record(answer, path)
    assert seen.status == "203", "The stream began with 203."
    assert seen.duration >= inner.passed - 1, f"It was open for {inner.passed:.1f} ms and more."
    assert seen.duration <= whole.passed + 1, f"All of it took {whole.passed:.1f} ms."


@check(
    "A client that leaves is logged",
    group="streams",
    hint="What still runs when a task is cancelled?",
)
def leaving_is_logged(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    with answer.http.stream(f"{base}/stream") as stream:
        read_first(stream)
    assert record(answer, f"{base}/stream").status == "203", "The stream began with 203."


@check(
    "Background tasks do not count",
    group="moments",
    hint="The app comes back after its tasks. Which message is the last of a response?",
)
def tasks_do_not_count(answer: Answer, random: Random) -> None:
    path = f"{prepared(answer, random)}/later"
    answer.http.get(path)
    logged = [read(line).path for line in answer.probe(before_the_task)]
    assert logged == [path], "These paths were logged when the background task began."
    record(answer, path)


@check(
    "Requests at the same time have their own durations",
    group="moments",
    hint="There is one middleware for all requests. What does it keep, and where?",
)
def requests_keep_their_own_time(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    with answer.http.stream(f"{base}/stream") as stream:
        read_first(stream)
        with Watch() as inner:
            time.sleep(0.06)
            with Watch() as other:
                answer.http.get(f"{base}/slow")
        answer.http.get(f"{base}/go_on")
        read_rest(stream)
    seen = record(answer, f"{base}/slow").duration
    assert 48 <= seen <= other.passed + 1, f"The second request took {other.passed:.1f} ms."
    seen = record(answer, f"{base}/stream").duration
    assert seen >= inner.passed - 1, f"The first one was open for {inner.passed:.1f} ms and more."


@check(
    "Setting the clock does not change a duration",
    group="moments",
    hint="Which of Python's clocks never goes back?",
)
def clock_does_not_matter(answer: Answer, random: Random) -> None:
    path = f"{prepared(answer, random)}/set_clock"
    with Watch() as watch:
        answer.http.get(path)
    answer.probe(reset_clock)
    seen = record(answer, path).duration
    assert 0 <= seen <= watch.passed + 1, "The clock was set back by an hour during the request."


@check(
    "A path cannot write a line of its own",
    group="edges",
    hint="Some paths hold what a URL may not. Which form of it was on the wire?",
)
def paths_are_one_line(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    for rest in ("a%20b", "a%0AGET%20/admin%20200%201.0", "caf%C3%A9"):
        path = f"{base}/any/{rest}"
        answer.http.get(path, params={"token": "secret"})
        record(answer, path)


@check(
    "WebSockets pass without a record",
    group="edges",
    hint="HTTP is one of three kinds of scope.",
)
def websockets_pass(answer: Answer, random: Random) -> None:
    path = f"{prepared(answer, random)}/socket"
    sent = answer.probe(talk_over_websocket, path)
    assert sent == ["websocket.accept", "hello", "websocket.close"], "The app echoes and closes."
    assert answer.probe(kept) == [], "A WebSocket gives no record."
