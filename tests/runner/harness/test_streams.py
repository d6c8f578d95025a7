"""Responses that are read while the application writes them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from greenroom_runner.harness.asgi import App, Message, ServerError
from greenroom_runner.harness.streams import ROOM, Stream
from tests.runner.harness.test_asgi import SCOPE, Receive, Send, part, sending, started
from tests.support.loops import run

PATIENCE = 60.0


def observed(app: App, look: Callable[[Stream], Awaitable[Any]], **scope: Any) -> Any:
    """Open a stream and return what `look` makes of it."""

    async def observe() -> Any:
        stream = Stream(app, {**SCOPE, **scope}, b"")
        await stream.start()
        return await look(stream)

    return run(observe())


async def all_of(stream: Stream) -> list[bytes]:
    return [piece async for piece in pieces(stream)]


async def pieces(stream: Stream) -> AsyncIterator[bytes]:
    while piece := await stream.read(1000, PATIENCE):
        yield piece


def test_a_response_is_read_to_its_end() -> None:
    app = sending(started(201, [(b"x", b"1")]), part(b"a", more=True), part(b"b"))

    async def look(stream: Stream) -> Any:
        return (
            stream.status,
            stream.headers,
            b"".join(await all_of(stream)),
            await stream.read(1, PATIENCE),
        )

    assert observed(app, look) == (201, [(b"x", b"1")], b"ab", b"")


def test_a_piece_is_there_before_the_next_one_is_made() -> None:
    made = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started())
        for number in range(3):
            made.append(number)
            await send(part(b"%d" % number, more=True))
            await asyncio.sleep(0)
            await gates[number].wait()

    async def look(stream: Stream) -> Any:
        seen = []
        for gate in gates:
            seen.append((await stream.read(10, PATIENCE), len(made)))
            gate.set()
        return seen

    gates = [asyncio.Event() for _ in range(3)]
    assert observed(app, look) == [(b"0", 1), (b"1", 2), (b"2", 3)]


def test_a_read_of_nothing_ends_with_its_patience_and_loses_nothing() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started())
        await gate.wait()
        await send(part(b"late"))

    async def look(stream: Stream) -> Any:
        seen = [await stream.read(10, 0.001), stream.ended]
        gate.set()
        seen += [await stream.read(2, PATIENCE), stream.ended]
        seen += [await stream.read(10, 0), await stream.read(10, 0), stream.ended]
        return seen

    gate = asyncio.Event()
    assert observed(app, look) == [b"", False, b"la", False, b"te", b"", True]


def test_an_app_writes_no_further_ahead_than_there_is_room() -> None:
    written = [0]

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started())
        while written[0] < 100 * ROOM:
            written[0] += 1000
            await send(part(b"x" * 1000, more=True))

    async def look(stream: Stream) -> Any:
        await stream.read(1, PATIENCE)
        for _ in range(1000):
            await asyncio.sleep(0)
        ahead = written[0]
        await stream.close()
        return ahead

    assert ROOM <= observed(app, look) <= ROOM + 2000


def test_an_app_is_told_that_its_reader_left() -> None:
    ended = []

    async def rows() -> AsyncIterator[str]:
        try:
            while True:
                yield "row\n"
                await asyncio.sleep(3600)
        finally:
            ended.append("told")

    app = FastAPI()
    app.get("/")(lambda: StreamingResponse(rows()))

    async def look(stream: Stream) -> Any:
        assert await stream.read(10, PATIENCE) == b"row\n"
        await stream.close()
        return ended

    assert observed(app, look) == ["told"]


def test_an_app_that_does_not_listen_is_ended() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started())
        while True:
            await send(part(b"x", more=True))
            await asyncio.sleep(0)

    async def look(stream: Stream) -> Any:
        await stream.close()
        return stream._task.cancelled()

    assert observed(app, look)


def test_what_breaks_a_response_off_is_kept() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send(started())
        await send(part(b"a", more=True))
        raise LookupError("lost")

    async def look(stream: Stream) -> Any:
        return await all_of(stream), stream.status, str(stream.raised)

    assert observed(app, look) == ([b"a"], 200, "lost")


def test_an_app_that_raises_before_it_answers_is_a_500() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise LookupError("lost")

    async def look(stream: Stream) -> Any:
        return stream.status, str(stream.raised), await stream.read(10, PATIENCE)

    assert observed(app, look) == (500, "lost", b"")


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ((), "without a response"),
        ((part(b"a"),), "before it started"),
        ((started(), started()), "twice"),
    ],
)
def test_an_app_that_breaks_the_protocol_is_told(messages: Any, text: str) -> None:
    async def look(stream: Stream) -> Any:
        await stream.read(10, PATIENCE)
        return stream.raised

    try:
        problem = observed(sending(*messages), look)
    except ServerError as error:
        problem = error
    assert text in str(problem)
