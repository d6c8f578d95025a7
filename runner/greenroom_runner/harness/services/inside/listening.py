"""The connections of a service, and their end all at once."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

MAX_CONNECTIONS = 150
"""A process in the sandbox has 256 descriptors."""


class Listener:
    """Serves each connection to a listening socket by a task, which ends it."""

    def __init__(
        self, listening: socket.socket, serve: Callable[[socket.socket], Awaitable[None]]
    ) -> None:
        self.host, self.port = listening.getsockname()
        self._listening = listening
        self._listening.setblocking(False)
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._listening, self._accept)

    async def drop(self) -> None:
        """End every connection, also those that nobody has looked at yet: what they still hold
        belongs to a check that is over.
        """
        with contextlib.suppress(OSError):
            while True:
                self._listening.accept()[0].close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listening.accept()
            if len(self._tasks) >= MAX_CONNECTIONS:
                connection.close()
                return
            connection.setblocking(False)
            task = asyncio.get_running_loop().create_task(self._guarded(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _guarded(self, connection: socket.socket) -> None:
        # Whatever a connection makes its server raise ends that connection, and nothing else.
        with contextlib.suppress(Exception):
            await self._serve(connection)
