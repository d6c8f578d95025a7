"""A private PostgreSQL server, made of the machine's own programs, gone with the tests."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

PLACES = ("/usr/lib/postgresql", "/usr/pgsql-*", "/usr/local", "/opt")
START_SECONDS = 60
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
MISSING = (
    "PostgreSQL's programs are not on this machine, and these tests run on both databases. "
    "Run `make machine`, or install PostgreSQL."
)
# Nothing here outlives the tests, so nothing has to reach the disk.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@dataclass(frozen=True)
class Cluster:
    """A running server: its socket's folder, and the one superuser, who needs no password."""

    folder: Path
    user: str

    def url(self, database: str) -> str:
        """Return SQLAlchemy's URL of one of its databases."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run one statement outside a transaction, as CREATE DATABASE wants it."""
        with psycopg.connect(
            host=str(self.folder), user=self.user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def programs() -> Path:
    """Return the folder of initdb and postgres, the newest where there are several."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [
        path.parent
        for place in PLACES
        for root in Path("/").glob(place.lstrip("/"))
        for pattern in ("bin/initdb", "*/bin/initdb", "*/*/bin/initdb")
        for path in root.glob(pattern)
    ]
    if not folders:
        pytest.fail(MISSING, pytrace=False)
    return max(folders, key=_version)


def _version(folder: Path) -> tuple[int, ...]:
    numbers = "".join(sign if sign.isdigit() else " " for sign in str(folder)).split()
    return tuple(int(number) for number in numbers)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make and start a server in a folder of its own under /tmp: a socket's path must be short."""
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="greenroom-pg-", dir="/tmp"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        _make(folder, owner)
        with _running(folder, owner):
            yield Cluster(folder, owner.pw_name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd:
    """Return who runs the server: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _identity(owner: pwd.struct_passwd) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _make(folder: Path, owner: pwd.struct_passwd) -> None:
    made = subprocess.run(
        [
            str(programs() / "initdb"),
            f"--pgdata={folder / 'data'}",
            f"--username={owner.pw_name}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
        **_identity(owner),  # type: ignore[call-overload]
    )
    if made.returncode:
        pytest.fail(f"PostgreSQL could not be set up: {made.stderr}", pytrace=False)


@contextmanager
def _running(folder: Path, owner: pwd.struct_passwd) -> Iterator[None]:
    settings = [part for value in CARELESS for part in ("-c", value)]
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                str(programs() / "postgres"),
                "-D",
                str(folder / "data"),
                "-k",
                str(folder),
                "-h",
                "",
                *settings,
            ],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_the_tests,  # noqa: PLW1509 it makes one call and locks nothing
            **_identity(owner),  # type: ignore[call-overload]
        )
    try:
        _wait(folder, owner, server, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(START_SECONDS)


def _die_with_the_tests() -> None:
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGINT)


def _wait(
    folder: Path, owner: pwd.struct_passwd, server: "subprocess.Popen[bytes]", log: Path
) -> None:
    ready = [str(programs() / "pg_isready"), "-q", "-h", str(folder), "-U", owner.pw_name]
    for _ in range(START_SECONDS * 20):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        try:
            server.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')}", pytrace=False)
