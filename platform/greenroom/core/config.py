"""The settings, read from the environment once. `.env.example` explains each."""

import hashlib
import os
import re
import sys
import tempfile
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from greenroom.core.errors import ConfigurationError

# The longest socket path that Linux takes is 107 bytes; the longest name in the folder is here.
_LONGEST_SOCKET_FOLDER = 107 - len("/valkey.sock")
_MAY_HOLD_A_PASSWORD = frozenset({"secret_key", "database_url", "redis_url"})
MIN_SECRET = 32
_REDIS_DATABASE = re.compile(r"/?|/\d+")
_DRIVERS = frozenset({"postgresql+psycopg", "sqlite"})
_PLAIN_PATH = re.compile(r"[\w./-]+", re.ASCII)


def _default_data_dir() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "greenroom"
    return Path.home() / ".local" / "share" / "greenroom"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _split(url: str) -> SplitResult:
    """Take a URL apart; one that is none has no scheme, which nobody takes."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read at last when it is asked for
    except ValueError:
        return urlsplit("")
    return parts


def _database_url(url: str) -> str:
    """Name the one driver that is installed, so that the usual spelling works too."""
    if not url:
        return url
    named = re.sub(r"^postgres(?:ql)?://", "postgresql+psycopg://", url)
    try:
        parts = make_url(named)
    except (ArgumentError, ValueError):
        parts = None
    # A database in memory would be another one in each process.
    in_memory = parts and parts.drivername == "sqlite" and parts.database in {None, "", ":memory:"}
    if parts is None or in_memory or parts.drivername not in _DRIVERS:
        raise ValueError(
            "It looks like postgresql+psycopg://USER:PASSWORD@HOST/NAME or sqlite:////path/to/file."
        )
    return named


def _redis_url(url: str) -> str:
    parts = _split(url)
    served = parts.scheme in {"redis", "rediss"} and _REDIS_DATABASE.fullmatch(parts.path)
    if url and not (served or (parts.scheme == "unix" and parts.path)):
        raise ValueError("It looks like redis://HOST:6379/0 or unix:///path/to.sock.")
    return url


def _runner_url(url: str) -> str:
    parts = _split(url)
    reachable = parts.path if parts.scheme == "unix" else parts.hostname and parts.port
    if url and not (parts.scheme in {"unix", "tcp"} and reachable):
        raise ValueError("It looks like unix:///path/to/runner.sock or tcp://HOST:PORT.")
    return url


def _meeting(place: str) -> str:
    source, _, folder = place.partition(":")
    if place and not (source and folder.startswith("/")):
        raise ValueError("It looks like VOLUME:/path/to/folder or /path:/path/to/folder.")
    return place


def _site_url(url: str) -> str:
    parts = _split(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise ValueError("It looks like https://greenroom.example.com.")
    return url.rstrip("/")


def _secret_key(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < MIN_SECRET:
        raise ValueError(f"It is too short. Use at least {MIN_SECRET} random characters.")
    return key


class Settings(BaseSettings):
    """All settings; the environment's names carry the prefix GREENROOM_."""

    model_config = SettingsConfigDict(
        env_prefix="GREENROOM_", extra="ignore", env_ignore_empty=True, validate_default=True
    )

    data_dir: Annotated[Path, AfterValidator(_absolute)] = _default_data_dir()
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    database_url: Annotated[str, AfterValidator(_database_url)] = ""
    """Empty: SQLite in the data folder."""
    redis_url: Annotated[str, AfterValidator(_redis_url)] = ""
    """Empty: `greenroom serve` starts Valkey on a socket in the data folder."""
    runner_url: Annotated[str, AfterValidator(_runner_url)] = ""
    """Empty: `greenroom serve` starts the runner agent on a socket in the data folder."""
    sandbox: Literal["auto", "docker", "local"] = "auto"
    sandbox_runtime: str = ""
    """Empty: the container engine's default."""
    sandbox_meeting: Annotated[str, AfterValidator(_meeting)] = ""
    """Empty: in a temporary folder, which the container engine must see under the same path."""
    mode: Literal["single-user", "multi-user"] = "single-user"
    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] = SecretStr("")
    """Empty: made at the first start and kept in the data folder."""
    question_bank: Path | None = None
    """Empty: the bank that came with the program."""
    weak_password_hashes: bool = False
    """Cheap password hashes, for tests only."""
    public_url: Annotated[str, AfterValidator(_site_url)] = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    worker_concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    pool_memory_mib: Annotated[int, Field(ge=0)] | None = None
    """Empty: a quarter of the machine's memory, at most 2048."""

    @model_validator(mode="after")
    def _loopback_in_single_user_mode(self) -> Self:
        if self.mode == "single-user" and not self.is_loopback:
            raise ValueError(
                f"GREENROOM_HOST is {self.host}, but single-user mode signs everyone in and so "
                "binds loopback only. Set GREENROOM_MODE=multi-user to serve other machines."
            )
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the site."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address that people type."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 compared, not bound
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def run_dir(self) -> Path:
        """Where the sockets are: in the data folder if their paths fit, else in a folder apart."""
        folder = self.data_dir / "run"
        name = os.fsencode(folder)
        if len(name) <= _LONGEST_SOCKET_FOLDER and _PLAIN_PATH.fullmatch(str(folder)):
            return folder
        digest = hashlib.sha256(name).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"greenroom-{os.getuid()}-{digest}"

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'greenroom.db'}"

    @property
    def redis(self) -> str:
        """Redis' URL, the embedded one's filled in."""
        return self.redis_url or f"unix://{self.run_dir / 'valkey.sock'}"

    @property
    def runner(self) -> str:
        """The runner agent's URL, the embedded one's filled in."""
        return self.runner_url or f"unix://{self.run_dir / 'runner.sock'}"


@lru_cache
def settings() -> Settings:
    """Return the process' settings; a wrong one is a ConfigurationError that names it."""
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError("\n".join(map(_sentence, error.errors()))) from None


def _sentence(fault: ErrorDetails) -> str:
    text = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return text
    field = str(fault["loc"][0])
    text = text.replace("Input should", "It should") + ("" if text.endswith(".") else ".")
    given = "used" if field in _MAY_HOLD_A_PASSWORD else repr(str(fault["input"]))
    return f"GREENROOM_{field.upper()} cannot be {given}. {text}"
