"""Streams through the whole runner: read while they are written, left, resumed."""

from collections.abc import Iterator

import pytest

from tests.support.agents import Agent, result_of, run_request, running_agent

ANSWER = """
import asyncio
from typing import Annotated
from fastapi import FastAPI, Header
from fastapi.responses import StreamingResponse

app = FastAPI()
made, ended = [], []

@app.get("/events")
async def events(last_event_id: Annotated[int, Header()] = 0):
    async def tell():
        number = last_event_id
        try:
            while True:
                number += 1
                yield f"id: {number}\\ndata: tick {number}\\n\\n"
                await asyncio.sleep(0 if number % 3 else 3600)
        finally:
            ended.append(number)
    return StreamingResponse(tell(), media_type="text/event-stream")

@app.get("/rows.csv")
def rows():
    def write():
        for number in range(1_000_000):
            made.append(number)
            yield f"{number},{'x' * 100}\\n"
    return StreamingResponse(write(), media_type="text/csv")

@app.get("/breaks")
def breaks():
    def write():
        yield "one\\n"
        raise ValueError("gone")
    return StreamingResponse(write())

@app.get("/seen")
async def seen():
    return {"made": len(made), "ended": ended}
"""
GRADER = """
from greenroom_runner.harness.grading import Answer, check, raises


@check("Events come one by one, and a stream is resumed", visible=True)
def events(answer: Answer) -> None:
    with answer.http.stream("/events") as stream:
        assert stream.status == 200
        assert [event.data for event in stream.events(3)] == ["tick 1", "tick 2", "tick 3"]
    with answer.http.stream("/events", headers={"Last-Event-ID": "4"}) as stream:
        assert [event.id for event in stream.events(3)] == ["5", "6"]
        assert not stream.ended
    assert answer.http.get("/seen").json()["ended"] == [3, 6]


@check("Rows are made as they are read", visible=True)
def rows(answer: Answer) -> None:
    with answer.http.stream("/rows.csv") as stream:
        first = stream.read(10)
        assert first.startswith(b"0,xxx")
        assert 0 < answer.http.get("/seen").json()["made"] < 2000


@check("What breaks a stream off is seen", visible=True)
def breaks(answer: Answer) -> None:
    stream = answer.http.stream("/breaks")
    assert stream.read() == b"one\\n"
    assert stream.read() == b""
    assert stream.ended
    assert stream.raised == "ValueError"


@check("A stream may be left open", visible=True)
def left_open(answer: Answer) -> None:
    assert answer.http.stream("/events").event().data == "tick 1"
    with raises("ValueError", "Nothing ended."):
        answer.call("ended.index", 99)
"""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "local") as agent:
        yield agent


@pytest.mark.parametrize("fresh", [True, False])
def test_streams_are_read_left_and_resumed(agent: Agent, fresh: bool) -> None:
    request = run_request(GRADER, {"answer.py": ANSWER}, profile="fastapi", fresh=fresh)
    result = result_of(list(agent.client.run(request)))
    assert result.verdict == "accepted", result
