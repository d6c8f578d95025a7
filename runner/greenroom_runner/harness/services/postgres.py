"""PostgreSQL beside the answer: a real server with one database, `answer`, which is all its own.

What loading the answer left in it is kept as a template; copying one takes some 10 ms. The harness
speaks as the superuser through a socket file, the answer over the loopback as a role that may make
databases and roles.
"""

import importlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from greenroom_runner.harness.services import initdb
from greenroom_runner.harness.services.needs import NEEDS
from greenroom_runner.harness.services.programs import PLACE, Program, free_port, identity, own
from greenroom_runner.harness.services.protocol import ServiceError

PORT = 5432
ANSWER = "answer"
"""The answer's role, its password, which nobody asks for, and its database."""
OLDEST = 15
INSTALLED = Path("/usr/lib/postgresql")
PATIENCE_SECONDS = 3.0
_GLANCE_SECONDS = 0.001
_EMPTY, _KEPT = "template1", "kept"
_ABSENT = (
    "PostgreSQL cannot run beside an answer here: this machine has no PostgreSQL, "
    f"version {OLDEST} or newer."
)
_ACCESS = f"local all all trust\nhost all {ANSWER} 127.0.0.1/32 trust\n"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "50",
    "shared_buffers": "8MB",
    "wal_buffers": "256kB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "2MB",
    "max_wal_size": "16MB",
    "max_worker_processes": "0",
    "max_parallel_workers": "0",
    # In the data folder, which goes with the sandbox however that ends.
    "dynamic_shared_memory_type": "mmap",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    # Nothing here outlives the sandbox, so nothing has to reach a disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_SINCE_18 = {"io_method": "sync"}
_ASKING = "-c statement_timeout=3000 -c lock_timeout=1000"

_SESSIONS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_DATABASES = "SELECT datname FROM pg_database"
_ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'"
_POSITION = "SELECT pg_current_wal_insert_lsn()::text"
"""It moves with everything that is written: a check that wrote nothing leaves nothing to undo."""


class Postgres:
    """A PostgreSQL of the answer's own. What a check changes is undone, roles and other databases
    too. No connection lives through `keep` or `reset`.
    """

    def __init__(self) -> None:
        self._psycopg = importlib.import_module("psycopg")
        self._admin: Any = None
        self._asking: Any = None
        self._template = _EMPTY
        self._databases: set[str] = set()
        self._roles: set[str] = set()
        self._position = ""
        self._program = Program(NEEDS["postgres"].disk_mib)
        self._command: list[str] = []
        self._executable: Path
        self._folder: Path
        self._port: int

    def start(self, folder: Path) -> dict[str, str]:
        programs = _programs()
        self._folder, self._port = folder, free_port(PORT)
        self._executable = programs / "postgres"
        version = _make_data(programs, folder)
        self._command = self._called(programs, version)
        own(folder)
        self._begin()
        self._do(f"CREATE ROLE {ANSWER} LOGIN CREATEDB CREATEROLE")
        self._do(f"CREATE DATABASE {ANSWER} OWNER {ANSWER} STRATEGY file_copy")
        self._remember()
        place = f"{ANSWER}:{ANSWER}@127.0.0.1:{self._port}/{ANSWER}"
        return {
            "DATABASE_URL": f"postgresql+psycopg://{place}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self._port),
            "PGUSER": ANSWER,
            "PGPASSWORD": ANSWER,
            "PGDATABASE": ANSWER,
        }

    def keep(self) -> None:
        self._tried(self._keep)

    def reset(self) -> None:
        self._stop_asking()
        self._tried(self._put_back)

    def ask(self, what: str, arguments: list[Any]) -> Any:
        try:
            return self._asked(what, arguments)
        except self._psycopg.Error as problem:
            if problem.sqlstate or not isinstance(problem, self._psycopg.OperationalError):
                raise ServiceError(f"PostgreSQL: {_first_line(problem)}") from None
            self._stop_asking()
            raise ServiceError("PostgreSQL does not answer.") from None

    def stop(self) -> None:
        self._leave()
        self._program.stop()

    # --- the server ---

    def _called(self, programs: Path, version: int) -> list[str]:
        """Return the command line of the server."""
        access = self._folder / "access"
        access.write_text(_ACCESS, "ascii")
        settings = {
            **_SETTINGS,
            **(_SINCE_18 if version >= 18 else {}),  # noqa: PLR2004
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
            "hba_file": str(access),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # It looks for its files beside the program that it is called by, which must be readable.
        return [str(programs / "initdb"), "-D", str(self._folder / "data"), *options]

    def _begin(self) -> None:
        self._program.start(self._command, self._folder, self._answers, self._executable)

    def _answers(self) -> bool:
        try:
            self._do("SELECT 1")
        except self._psycopg.OperationalError:
            self._leave()
            return False
        return True

    def _tried(self, work: Callable[[], None]) -> None:
        """Do some work, and do it again with a server that is up again. Raises ServiceError."""
        try:
            return work()
        except self._psycopg.Error:
            self._revive()
        try:
            return work()
        except self._psycopg.Error as problem:
            why = _first_line(problem)
            raise ServiceError(f"PostgreSQL does not come back: {why}") from None

    def _revive(self) -> None:
        """Wait for a server that recovers by itself, or start it anew. Raises ServiceError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        self._leave()
        while self._program.runs() and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(_GLANCE_SECONDS)
        self._program.stop()
        while not self._begun_again():  # a process of the last one still holds its memory
            if time.monotonic() > deadline:
                raise ServiceError("PostgreSQL does not come back.")

    def _begun_again(self) -> bool:
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        try:
            self._begin()
        except ServiceError:
            return False
        return True

    # --- its state ---

    def _keep(self) -> None:
        if self._current() != self._position:
            self._end_sessions()
            self._do(f"DROP DATABASE IF EXISTS {_KEPT}")
            self._do(f"CREATE DATABASE {_KEPT} TEMPLATE {ANSWER} OWNER {ANSWER} STRATEGY file_copy")
            self._template = _KEPT
        self._remember()

    def _put_back(self) -> None:
        self._end_sessions()
        if self._current() == self._position:
            return
        self._drop("DATABASE", self._names(_DATABASES) - self._databases | {ANSWER})
        self._drop("ROLE", self._names(_ROLES) - self._roles)
        self._do(f"ALTER ROLE {ANSWER} RESET ALL")
        self._do(
            f"CREATE DATABASE {ANSWER} TEMPLATE {self._template} OWNER {ANSWER} STRATEGY file_copy"
        )
        self._position = self._current()

    def _remember(self) -> None:
        self._databases = self._names(_DATABASES)
        self._roles = self._names(_ROLES)
        self._position = self._current()

    def _end_sessions(self) -> None:
        """End every session but this one. A database with sessions can be neither copied nor
        dropped, and PostgreSQL itself would wait a tenth of a second for them.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._do(_SESSIONS)[0][0]:
            if time.monotonic() > deadline:
                raise ServiceError("PostgreSQL has a session that does not end.")
            time.sleep(_GLANCE_SECONDS)

    def _drop(self, kind: str, names: Iterable[str]) -> None:
        for name in names:
            quoted = '"' + name.replace('"', '""') + '"'
            self._do(f"DROP {kind} IF EXISTS {quoted}")

    def _names(self, query: str) -> set[str]:
        return {name for (name,) in self._do(query)}

    def _current(self) -> str:
        position: str = self._do(_POSITION)[0][0]
        return position

    # --- speaking to it ---

    def _do(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser and return its rows."""
        if self._admin is None:
            self._admin = self._connect("postgres", initdb.SUPERUSER, "")
        return _rows(self._admin.execute(statement))

    def _asked(self, what: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
        """Run a statement as the answer itself would and return its rows."""
        if self._asking is None:
            self._asking = self._connect(ANSWER, ANSWER, _ASKING)
        return _rows(self._asking.execute(what, arguments or None))

    def _connect(self, database: str, role: str, options: str) -> Any:
        return self._psycopg.connect(
            host=str(self._folder),
            port=self._port,
            dbname=database,
            user=role,
            options=options,
            connect_timeout=int(PATIENCE_SECONDS),
            autocommit=True,
        )

    def _leave(self) -> None:
        self._stop_asking()
        connection, self._admin = self._admin, None
        if connection is not None:
            connection.close()

    def _stop_asking(self) -> None:
        connection, self._asking = self._asking, None
        if connection is not None:
            connection.close()


def _programs() -> Path:
    """Return the folder of the server's programs. Raises ServiceError."""
    found = [PLACE / "postgresql/bin", *sorted(INSTALLED.glob("*/bin"))[::-1]]
    if installed := shutil.which("initdb"):
        found.append(Path(installed).resolve().parent)
    for folder in found:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise ServiceError(_ABSENT)


def _make_data(programs: Path, folder: Path) -> int:
    """Put fresh data into `folder` and return PostgreSQL's version. Raises ServiceError."""
    data = folder / "data"
    prepared = programs.parent / "data"
    own(folder)
    if prepared.is_dir():
        shutil.copytree(prepared, data)
        data.chmod(0o700)
    else:
        try:
            initdb.make(programs, data, **identity())
        except (OSError, subprocess.SubprocessError) as problem:
            said = str(getattr(problem, "stderr", None) or problem).strip()
            raise ServiceError(
                f"PostgreSQL cannot run beside an answer here: {said.splitlines()[-1]}"
            ) from None
    version = int((data / "PG_VERSION").read_text("ascii"))
    if version < OLDEST:
        raise ServiceError(_ABSENT)
    return version


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    return cursor.fetchall() if cursor.description else []


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]
