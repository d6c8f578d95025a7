"""The web process: uvicorn around the application, on a socket that is open already.

A program of its own (`listen.web_command`): whoever starts it need not import the application.
"""

import asyncio
import signal
import socket
import sys
from types import FrameType

import uvicorn

from greenroom.app import create_app
from greenroom.core import log
from greenroom.core.config import settings
from greenroom.judging.stream import StreamHub

GRACE_SECONDS = 1
BACKLOG = 2048


class SiteServer(uvicorn.Server):
    """Ends the open event streams at the first signal: they would otherwise hold up the end."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Serve by `config`, whose application is a loaded one."""
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and remember the loop that signals have to reach."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to end."""
        hub = getattr(self.config.app.state, "stream_hub", None)  # type: ignore[union-attr]
        if self._loop and isinstance(hub, StreamHub):
            self._loop.call_soon_threadsafe(hub.close)
        super().handle_exit(sig, frame)


def run(listener: socket.socket) -> None:
    """Serve the site until a signal ends it."""
    log.configure(settings().log_level, quiet=("uvicorn.access", "uvicorn.error"))
    config = uvicorn.Config(
        create_app(),
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=bool(settings().public_url),
    )
    server = SiteServer(config)
    # uvicorn raises the signal that ended it once more: for us, ending by a signal is a success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    server.run(sockets=[listener])


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])))
