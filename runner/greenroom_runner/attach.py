"""The raw stream of an engine's attach call as a channel.

The engine wraps what a container writes into records: one byte for the stream (1 output, 2 errors),
three zeros, four bytes of length, then the bytes. What is sent goes in unwrapped. Whoever holds an
attach stream and stops reading it blocks the engine's own removal of that container, so a sandbox
is ended by closing this first.
"""

import socket
from urllib.parse import urlsplit

import docker

from greenroom_runner.channel import FdChannel, socket_channel
from greenroom_runner.engine import EngineError

_HEADER = 8
_OUTPUT = 1
_LONGEST_HEAD = 16 * 1024
_SECONDS = 20
_ALL = "stream=1&stdin=1&stdout=1&stderr=1"


class Demultiplexer:
    """Takes the engine's records apart: returns the output, and drops the errors."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._left = 0
        self._kind = _OUTPUT

    def __call__(self, data: bytes) -> bytes:
        output: list[bytes] = []
        view = memoryview(data)
        while view:
            view = self._take_header(view) if self._left == 0 else self._take_body(view, output)
        return b"".join(output)

    def _take_header(self, view: memoryview) -> memoryview:
        missing = _HEADER - len(self._header)
        self._header += view[:missing]
        if len(self._header) == _HEADER:
            self._kind = self._header[0]
            self._left = int.from_bytes(self._header[4:], "big")
            self._header.clear()
        return view[missing:]

    def _take_body(self, view: memoryview, output: list[bytes]) -> memoryview:
        part = bytes(view[: self._left])
        self._left -= len(part)
        if self._kind == _OUTPUT:
            output.append(part)
        return view[len(part) :]


def attach(client: docker.DockerClient, container: str) -> FdChannel:
    """Return the channel of a container that is created and not started yet. Raises EngineError.

    Spoken by hand, because the SDK gives no hold of what it leaves open behind its own attach.
    """
    connection = _connected(client)
    try:
        _upgrade(connection, f"/v{client.api.api_version}/containers/{container}/attach?{_ALL}")
    except BaseException:
        connection.close()
        raise
    return socket_channel(connection, Demultiplexer())


def _connected(client: docker.DockerClient) -> socket.socket:
    url = urlsplit(client.api.base_url)
    if url.scheme == "http+docker":
        path = getattr(client.api.get_adapter(client.api.base_url), "socket_path", None)
        if path:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(_SECONDS)
            try:
                connection.connect(path)
            except OSError:
                connection.close()
                raise
            return connection
    elif url.scheme == "http" and url.hostname and url.port:
        return socket.create_connection((url.hostname, url.port), timeout=_SECONDS)
    raise EngineError("The engine must be reached by a unix socket or plain TCP, not TLS or ssh.")


def _upgrade(connection: socket.socket, path: str) -> None:
    """Turn an HTTP connection into a stream of bytes in both directions."""
    lines = (f"POST {path} HTTP/1.1", "Host: docker", "Connection: Upgrade", "Upgrade: tcp")
    connection.sendall("\r\n".join((*lines, "Content-Length: 0", "", "")).encode())
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):  # not a byte too many: they belong to the container
        byte = connection.recv(1)
        if not byte or len(head) >= _LONGEST_HEAD:
            raise EngineError("The engine hung up on an attach.")
        head += byte
    status = head.split(b"\r\n", 1)[0].decode("latin-1")
    if not status.startswith(("HTTP/1.1 101", "HTTP/1.1 200")):
        raise EngineError(f"The engine refuses an attach: {status}")
