"""A small ASGI server that behaves as a real one does where an answer can tell."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request

from greenroom_runner.harness import asgi
from greenroom_runner.harness.asgi import Lifespan, Message, Response, ServerError
from tests.support.loops import run

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
SCOPE: Message = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "root_path": "",
    "query_string": b"",
    "headers": [],
}


def sent(app: asgi.App, body: bytes = b"") -> Response:
    return run(asgi.request(app, {"type": "http"}, body))


def started(status: Any = 200, headers: Any = ()) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def sending(*messages: Message) -> asgi.App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def test_a_response_is_put_together_of_its_parts() -> None:
    response = sent(sending(started(201, [(b"x", b"1")]), part(b"a", more=True), part(b"b")))
    assert (response.status, response.headers) == (201, [(b"x", b"1")])
    assert bytes(response.body) == b"ab"
    assert response.raised is None


def test_a_body_arrives_in_pieces_and_then_the_client_waits() -> None:
    pieces: list[Message] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        while True:
            pieces.append(await receive())
            if not pieces[-1]["more_body"]:
                break
        await send(started())
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(receive(), 0.01)
        await send(part(b""))
        assert (await receive())["type"] == "http.disconnect"

    assert sent(app, b"x" * 40_000).raised is None
    assert [len(piece["body"]) for piece in pieces] == [16_384, 16_384, 7_232]


def test_what_an_app_raises_is_a_500_with_the_reason_kept() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise LookupError("lost")

    response = sent(app)
    assert (response.status, bytes(response.body)) == (500, b"Internal Server Error")
    assert isinstance(response.raised, LookupError)


def test_what_is_raised_after_a_response_began_leaves_it_as_it_was() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started(200))
        raise LookupError

    response = sent(app)
    assert response.status == 200
    assert isinstance(response.raised, LookupError)


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "returned without a response"),
        ([started(), started()], "started its response twice"),
        ([part(b"x")], "before it started"),
        ([started(), *[part(b"x" * 600_000, more=True)] * 2], "larger than 1024 KiB"),
        ([started(200, [(b"x", b"y" * 1000)] * 70)], "headers are larger than 64 KiB"),
    ],
)
def test_says_what_no_server_would_send_on(messages: list[Message], reason: str) -> None:
    with pytest.raises(ServerError, match=reason):
        sent(sending(*messages))


def test_the_lifespan_of_an_app_runs_once_and_hands_over_its_state() -> None:
    told = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        told.append("up")
        yield {"pool": "ready"}
        told.append("down")

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def show(request: Request) -> str:
        return str(request.state.pool)

    async def live() -> Response:
        life = Lifespan(app)
        await life.start()
        scope = {**SCOPE, "state": life.state.copy()}
        response = await asgi.request(app, scope, b"")
        await life.stop()
        return response

    assert run(live()).body == b'"ready"'
    assert told == ["up", "down"]


@pytest.mark.parametrize("kind", ["returns", "raises"])
def test_an_app_without_a_lifespan_is_fine(kind: str) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if kind == "raises":
            raise KeyError("lifespan")

    async def live() -> None:
        life = Lifespan(app)
        await life.start()
        await life.stop()

    run(live())


def test_a_lifespan_that_fails_says_why() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})
        raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        run(Lifespan(app).start())
