"""The one reader of a process and those who follow by it: silence, slowness, and leaving."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from greenroom.core.redis import async_client
from greenroom.judging.entries import FINAL, START, Entry
from greenroom.judging.journal import Journal
from greenroom.judging.stream import _AT_ONCE, BACKLOG, StreamHub
from tests.support import loops

Story = Callable[[StreamHub], Awaitable[None]]
PATIENCE = 20
PIECE = 100


def run(story: Story, heartbeat: float = 0.02) -> None:
    async def with_hub() -> None:
        hub = StreamHub(async_client(), heartbeat)
        hub.start()
        try:
            async with asyncio.timeout(PATIENCE):
                await story(hub)
        finally:
            await hub.stop()

    loops.run(with_hub())


async def still_open() -> None:
    """What the database says of a judgement that goes on."""


async def next_of(heard: AsyncIterator[Entry | None]) -> Entry:
    while True:
        if entry := await anext(heard):
            return entry


def check(place: int) -> Entry:
    return Entry(f"1-{place}", {"type": "check", "id": str(place)})


def tell(judgement_id: UUID, *entries: Entry) -> None:
    """Write as a worker does, from its own thread."""
    story = Journal(judgement_id)
    for entry in entries:
        story.add(entry)


END = Entry(f"1-{FINAL}", {"type": "verdict"})


@pytest.mark.usefixtures("redis_url")
def test_in_silence_the_line_is_kept_open() -> None:
    judgement_id = uuid4()

    async def story(hub: StreamHub) -> None:
        heard = hub.follow(judgement_id, START, still_open)
        assert [await anext(heard) for _ in range(10)] == [None] * 10
        await asyncio.to_thread(tell, judgement_id, check(1), END)
        rest = [entry async for entry in heard if entry]
        assert rest == [check(1), END]
        assert hub.followers == 0

    run(story)


@pytest.mark.usefixtures("redis_url")
def test_after_long_silence_the_database_is_asked_whether_it_is_over() -> None:
    answers: list[list[Entry] | None] = [None, None, [check(1), END]]

    async def closed() -> list[Entry] | None:
        return answers.pop(0)

    async def story(hub: StreamHub) -> None:
        heard = hub.follow(uuid4(), START, closed)
        assert [entry async for entry in heard if entry] == [check(1), END]

    run(story)


@pytest.mark.usefixtures("redis_url")
def test_who_does_not_keep_up_is_let_go_and_comes_back_for_the_rest() -> None:
    judgement_id = uuid4()
    many = [check(place) for place in range(1, 3 * BACKLOG)]

    async def story(hub: StreamHub) -> None:
        slow = hub.follow(judgement_id, START, still_open)
        quick = hub.follow(judgement_id, START, still_open)
        assert await anext(slow) is None
        assert await anext(quick) is None

        for begin in range(0, len(many), PIECE):
            piece = many[begin : begin + PIECE]
            await asyncio.to_thread(tell, judgement_id, *piece)
            assert [await next_of(quick) for _ in piece] == piece
        await asyncio.to_thread(tell, judgement_id, END)
        assert await next_of(quick) == END
        # Nobody waited for the slow one, and it costs no more memory than its backlog.
        had = [entry async for entry in slow if entry]
        assert len(had) <= BACKLOG
        after = had[-1].id if had else START
        rest = [entry async for entry in hub.follow(judgement_id, after, still_open) if entry]
        assert had + rest == [*many, END]

    run(story, heartbeat=0.2)


@pytest.mark.usefixtures("redis_url")
def test_what_is_written_while_the_history_is_read_comes_once() -> None:
    judgement_id = uuid4()

    async def story(hub: StreamHub) -> None:
        early = hub.follow(judgement_id, START, still_open)
        assert await anext(early) is None
        for _ in range(_AT_ONCE):
            await hub._history.acquire()
        late = hub.follow(judgement_id, START, still_open)
        first = asyncio.create_task(next_of(late))
        await asyncio.sleep(0)  # it follows, and waits for its turn to read the history
        await asyncio.to_thread(tell, judgement_id, check(1), check(2))
        # Once the early one has them, the late one has them too, and will read them once more.
        assert [await next_of(early), await next_of(early)] == [check(1), check(2)]
        for _ in range(_AT_ONCE):
            hub._history.release()
        assert [await first, await next_of(late)] == [check(1), check(2)]
        await asyncio.to_thread(tell, judgement_id, END)
        assert [entry async for entry in late if entry] == [END]

    run(story, heartbeat=1)


@pytest.mark.usefixtures("redis_url")
def test_who_leaves_is_forgotten() -> None:
    async def story(hub: StreamHub) -> None:
        lines = [hub.follow(uuid4(), START, still_open) for _ in range(5)]
        for line in lines:
            await anext(line)
        assert hub.followers == 5
        for line in lines:
            await line.aclose()  # type: ignore[attr-defined]
        assert hub.followers == 0

    run(story)


@pytest.mark.usefixtures("redis_url")
def test_closing_ends_all_lines_at_once() -> None:
    async def story(hub: StreamHub) -> None:
        async def listen() -> list[Entry | None]:
            return [entry async for entry in hub.follow(uuid4(), START, still_open)]

        lines = [asyncio.create_task(listen()) for _ in range(20)]
        await asyncio.sleep(0)  # each of them begins
        assert hub.followers == len(lines)
        hub.close()
        assert await asyncio.gather(*lines) == [[]] * 20
        assert hub.followers == 0

    run(story, heartbeat=PATIENCE * 2)
