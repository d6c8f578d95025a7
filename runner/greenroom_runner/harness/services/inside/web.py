"""A small HTTP server for services, on h11: whole requests in, whole replies out."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import h11

from greenroom_runner.harness.services.inside.listening import Listener

MAX_BODY = 4 * 1024 * 1024
MAX_HEAD = 32 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Request:
    """`target` is the path with its query; the names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class WebServer(Listener):
    """Answers requests with what `respond` returns."""

    def __init__(self, listening: socket.socket, respond: Callable[[Request], Response]) -> None:
        super().__init__(listening, self._converse)
        self.address = f"http://{self.host}:{self.port}"
        self._respond = respond

    async def _converse(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            await self._answer_all(reader, writer)
            writer.close()
            await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        while True:
            try:
                request = await _receive(protocol, reader)
            except h11.RemoteProtocolError as problem:
                writer.write(_packed(protocol, Response(problem.error_status_hint)))
                return
            if request is None:
                return
            response = self._respond(request)
            bare = request.method == "HEAD"
            writer.write(_packed(protocol, replace(response, body=b"") if bare else response))
            await writer.drain()
            if protocol.our_state is not h11.DONE:
                return
            protocol.start_next_cycle()


async def _receive(protocol: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, None at the end. Raises h11.RemoteProtocolError."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise h11.RemoteProtocolError("the body is too large", 413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, bytes(body))
        else:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    return Request(
        method=head.method.decode("ascii"),
        target=head.target.decode("latin-1"),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
        body=body,
    )


def _packed(protocol: h11.Connection, response: Response) -> bytes:
    headers = {**response.headers, "content-length": str(len(response.body))}
    head = h11.Response(status_code=response.status, headers=list(headers.items()))
    events = (head, h11.Data(data=response.body), h11.EndOfMessage())
    return b"".join(protocol.send(event) or b"" for event in events)
