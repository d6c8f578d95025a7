"""Server-sent events: what a stream says, and the response that says it as it happens.

FastAPI's own streams run two tasks and two queues for each connection, to add keep-alive comments.
Ours know by themselves when nothing happened, so that a connection that waits costs little.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import StreamingResponse

RECONNECT_MS = 1000
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy before us passes each message on at once
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Whoever has its `id` goes on behind it; without an `event` it is a plain one."""

    data: str = ""
    event: str | None = None
    id: str | None = None

    def encoded(self) -> bytes:
        """Return the message as it travels."""
        return format_sse_event(data_str=self.data, event=self.event, id=self.id)


class EventStream(StreamingResponse):
    """Answers with messages as they come; a None becomes a comment that keeps the line open."""

    media_type = "text/event-stream"

    def __init__(self, messages: AsyncIterator[Message | None]) -> None:
        """Begin to listen to `messages` when the answer is sent."""
        super().__init__(_encoded(messages), headers=HEADERS)


async def _encoded(messages: AsyncIterator[Message | None]) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=RECONNECT_MS)
    async for message in messages:
        yield message.encoded() if message else KEEPALIVE_COMMENT
