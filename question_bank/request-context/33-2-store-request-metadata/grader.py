"""Checks for 33.2: metadata that is there for all of a request, and for nobody else."""

import re
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe, raises

PARTIES = 5


@probe
async def ask(answer, path, request_id="", client="10.0.0.7"):
    """Send one request, calling the app as a server does; return what came back as JSON."""
    import asyncio
    import json

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1"}
    scope |= {"scheme": "http", "root_path": "", "query_string": b"", "state": {}}
    scope |= {"server": ("testserver", 80), "client": (client, 50000) if client else None}
    scope["headers"] = [(b"host", b"testserver"), (b"x-request-id", request_id.encode())]
    inbox, body = asyncio.Queue(), bytearray()
    inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def send(message):
        body.extend(message.get("body", b""))

    await answer.app(scope, inbox.get, send)
    return json.loads(body)


@probe
async def ask_at_once(answer, path, ids):
    import asyncio

    return await asyncio.gather(*[ask(answer, path, request_id) for request_id in ids])


@probe
async def left_behind(answer, path):
    """Return the path of the request that is left in the context of whoever called the app."""
    import contextlib

    with contextlib.suppress(RuntimeError):
        await ask(answer, path)
    with contextlib.suppress(LookupError):
        return answer.current().path


@probe
def add_places(answer, base):
    """Add routes that tell what is seen in endpoints and dependencies, with and without async."""
    from fastapi import Depends

    def seen():
        return answer.current().id

    async def seen_async():
        return answer.current().id

    here, here_async = Depends(seen), Depends(seen_async)

    async def plain():
        return list(answer.current())

    async def places(one=here, two=here_async):
        return [one, two, seen()]

    def thread(one=here, two=here_async):
        return [one, two, seen()]

    for endpoint in (plain, places, thread):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)


@probe
def add_refusals(answer, base):
    """Add routes that refuse, raise, and take a number only."""
    from fastapi import HTTPException

    async def refuses():
        raise HTTPException(409, "Not now.")

    async def raises():
        raise RuntimeError("broken on purpose")

    async def number(count: int):
        return count

    for endpoint in (refuses, raises, number):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)


@probe
def add_streams(answer, base):
    """Add routes that tell what is seen in the parts of a stream."""
    from fastapi.responses import StreamingResponse

    def parts():
        for _ in range(2):
            yield f"{answer.current().id} "

    async def parts_async():
        for part in parts():
            yield part

    async def stream():
        return StreamingResponse(parts_async())

    async def stream_threads():
        return StreamingResponse(parts())

    for endpoint in (stream, stream_threads):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)


@probe
def add_work(answer, base):
    """Add routes that leave work behind: background tasks, and a task that waits to be let go."""
    import asyncio

    from fastapi import BackgroundTasks

    state = answer.app.state
    state.noted, state.gate = [], asyncio.Event()

    def note(what):
        state.noted.append([what, answer.current().id])

    async def note_async(what):
        note(what)

    async def background(tasks):
        tasks.add_task(note_async, "async def")
        tasks.add_task(note, "def")

    async def note_later():
        await state.gate.wait()
        note("task")

    async def start():
        state.task = asyncio.create_task(note_later())

    async def let_go():
        state.gate.set()
        await state.task

    background.__annotations__["tasks"] = BackgroundTasks
    for endpoint in (background, start, let_go):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)


@probe
def noted(answer):
    return answer.app.state.noted


@probe
def add_meetings(answer, base, count):
    """Add a route whose requests wait for each other, and one that calls the app itself."""
    import asyncio
    import contextlib

    barrier = asyncio.Barrier(count)

    async def meet():
        before = answer.current().id
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await barrier.wait()
        return [before, answer.current().id]

    async def outer():
        before = answer.current().id
        inner = await ask(answer, f"{base}/plain", "inner")
        return [before, inner[0], answer.current().id]

    for endpoint in (meet, outer):
        answer.app.get(f"{base}/{endpoint.__name__}")(endpoint)


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


def prepared(answer: Answer, random: Random) -> str:
    """Add the routes whose answers need no more, and return the path that they begin with."""
    base = f"/r{random.randrange(10**12)}"
    answer.probe(add_places, base)
    answer.probe(add_refusals, base)
    return base


def new_id(random: Random) -> str:
    return f"B-{random.randrange(10**9)}-x"


def shown(request_id: str) -> dict[str, str]:
    return {"X-Request-ID": request_id}


@check("An endpoint sees its own request", group="basics", visible=True)
def endpoint_sees_its_request(answer: Answer, random: Random) -> None:
    assert answer.http.get("/rooms").json() == ["Amber", "Maps"], "The starter's route works."
    path, sent = f"{prepared(answer, random)}/plain", new_id(random)
    reply = answer.http.get(path, params={"day": "7"}, headers=shown(sent))
    expected = [sent, "GET", path, "127.0.0.1"]
    assert reply.json() == expected, "These are id, method, path and client of this request."


@check("The response carries the id", group="basics", visible=True)
def response_carries_the_id(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    for _ in range(2):
        sent = new_id(random)
        reply = answer.http.get(f"{base}/plain", headers=shown(sent))
        assert reply.headers.get("x-request-id") == sent, "The request was sent with this id."


@check("A request without an id gets a new one", group="basics", visible=True)
def new_ids_are_made(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    replies = [answer.http.get(f"{base}/plain") for _ in range(4)]
    seen = [reply.json()[0] for reply in replies]
    assert len(set(seen)) == 4, f"Four requests have four ids, and these were {seen}."
    for one in seen:
        assert re.fullmatch("[A-Za-z0-9-]{1,64}", one), "A new id has the form of one."
    carried = [reply.headers.get("x-request-id") for reply in replies]
    assert carried == seen, "Each response carries the id that its endpoint saw."


@check("Without a request there is none", group="basics", visible=True)
def none_without_a_request(answer: Answer) -> None:
    with raises("LookupError", "No request is worked on: current() should raise."):
        answer.call("current")


@check(
    "Functions in threads see it, and so do dependencies",
    group="reach",
    hint="Where does a def endpoint run? What goes along, and what stays behind?",
)
def threads_see_it(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    for path in ("places", "thread"):
        sent = new_id(random)
        reply = answer.http.get(f"{base}/{path}", headers=shown(sent))
        assert reply.status == 200, "Both dependencies and the endpoint call current()."
        assert reply.json() == [sent] * 3, "def dependency, async def dependency, endpoint."


@check(
    "The parts of a stream see it",
    group="reach",
    hint="A stream is written after the endpoint has returned. Is the metadata still there?",
)
def streams_see_it(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    answer.probe(add_streams, base)
    for path in ("stream", "stream_threads"):
        sent = new_id(random)
        reply = answer.http.get(f"{base}/{path}", headers=shown(sent))
        assert reply.text.split() == [sent, sent], "Each of two parts tells the id."


@check(
    "Work that is left behind sees it",
    group="reach",
    hint="A task takes a copy of its context along. A copy of what, if somebody empties it later?",
)
def later_work_sees_it(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    answer.probe(add_work, base)
    in_background, in_task = new_id(random), new_id(random)
    answer.http.get(f"{base}/background", headers=shown(in_background))
    expected = [["async def", in_background], ["def", in_background]]
    assert answer.probe(noted) == expected, "Two background tasks noted the id."
    answer.http.get(f"{base}/start", headers=shown(in_task))
    reply = answer.http.get(f"{base}/let_go", headers=shown("another"))
    assert reply.status == 200, "The task called current() after its request was over."
    expected.append(["task", in_task])
    assert answer.probe(noted) == expected, "A task noted the id of the request that started it."


@check(
    "Requests at the same time do not mix",
    group="apart",
    hint="One thread works on many requests. What belongs to one of them, and not to the thread?",
)
def requests_do_not_mix(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    answer.probe(add_meetings, base, PARTIES)
    ids = [new_id(random) for _ in range(PARTIES)]
    seen = answer.probe(ask_at_once, f"{base}/meet", ids)
    assert seen == [[one, one] for one in ids], "Each saw its id, waited for the others, and again."


@check(
    "Nothing is left when a request is over or has raised",
    group="apart",
    hint="What does a ContextVar's set() return, what is it for, and does that run in any case?",
)
def nothing_is_left(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    assert answer.probe(left_behind, f"{base}/plain") is None, "The request is over."
    assert answer.probe(left_behind, f"{base}/raises") is None, "The request raised and is over."
    reply = answer.http.get(f"{base}/raises")
    assert reply.raised == "RuntimeError", "The exception of the route should come out of the app."


@check(
    "A request within a request gives the outer one back",
    group="apart",
    hint="Is what was there before the same as nothing?",
)
def outer_request_comes_back(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    answer.probe(add_meetings, base, PARTIES)
    sent = new_id(random)
    reply = answer.http.get(f"{base}/outer", headers=shown(sent))
    assert reply.status == 200, "The endpoint calls current() after it called the app."
    assert reply.json() == [sent, "inner", sent], "Outer before, inner, outer afterwards."


@check(
    "An id of another form is replaced",
    group="edges",
    hint="All of it, to the last character, and ASCII alone: what does your test let through?",
)
def strange_ids_are_replaced(answer: Answer, random: Random) -> None:
    base, word = prepared(answer, random), new_id(random)
    longest = ("a1-B" * 16)[:64]
    reply = answer.http.get(f"{base}/plain", headers=shown(longest))
    assert reply.json()[0] == longest, "An id may have 64 characters."
    for strange in (
        "",
        f"{word} 1",
        f'{word}"',
        f"{word}\n",
        f"{word}é",
        "²",
        f"{longest}a",
        "a_b",
    ):
        reply = answer.http.get(f"{base}/plain", headers=shown(strange))
        seen = reply.json()[0]
        assert seen != strange, f"{strange!r} is no id of the right form."
        assert re.fullmatch("[A-Za-z0-9-]{1,64}", seen), f"{strange!r} should give way to a new id."
        assert reply.headers.get("x-request-id") == seen, "The response carries the new one."


@check(
    "Refusals carry the id as well",
    group="edges",
    hint="Not every response is made by an endpoint.",
)
def refusals_carry_the_id(answer: Answer, random: Random) -> None:
    base = prepared(answer, random)
    for path, status in (("nowhere", 404), ("number?count=x", 422), ("refuses", 409)):
        sent = new_id(random)
        reply = answer.http.get(f"{base}/{path}", headers=shown(sent))
        assert reply.status == status, f"{path} is answered with {status}."
        assert reply.headers.get("x-request-id") == sent, f"A {status} carries the id, too."


@check(
    "The client is who is connected",
    group="edges",
    hint="Who can write X-Forwarded-For? And who is connected through a Unix socket?",
)
def client_is_who_is_connected(answer: Answer, random: Random) -> None:
    path = f"{prepared(answer, random)}/plain"
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.7"
    headers = {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}
    reply = answer.http.get(path, headers=headers)
    assert reply.json()[3] == "127.0.0.1", "Headers name another address; anybody can write them."
    assert answer.probe(ask, path, client=address)[3] == address, "The server names this address."
    assert answer.probe(ask, path, client=None)[3] is None, "The server knows no address."


@check(
    "WebSockets work as before",
    group="edges",
    hint="HTTP is one of three kinds of scope.",
)
def websockets_work(answer: Answer, random: Random) -> None:
    sent = answer.probe(talk_over_websocket, f"/r{random.randrange(10**12)}/socket")
    assert sent == ["websocket.accept", "hello", "websocket.close"], "The app echoes and closes."
