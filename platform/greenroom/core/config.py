"""The settings, read from the environment once. Every one is listed, with its default, in .env.example."""

import sys
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from greenroom.core.errors import ConfigurationError


def _default_data_dir() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "greenroom"
    return Path.home() / ".local" / "share" / "greenroom"


class Settings(BaseSettings):
    """All settings; the environment's names carry the prefix GREENROOM_."""

    model_config = SettingsConfigDict(env_prefix="GREENROOM_", extra="ignore")

    data_dir: Path = _default_data_dir()
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""
    """Empty: SQLite in the data folder."""
    redis_url: str = ""
    """Empty: `greenroom serve` starts Valkey on a socket in the data folder."""
    runner_url: str = ""
    """Empty: `greenroom serve` starts the runner agent on a socket in the data folder."""
    sandbox: Literal["auto", "docker", "local"] = "auto"
    mode: Literal["single-user", "multi-user"] = "single-user"
    secret_key: SecretStr = SecretStr("")
    """Empty: made at the first start and kept in the data folder."""
    question_bank: Path | None = None
    """Empty: the bank that came with the program."""
    weak_password_hashes: bool = False
    """Cheap password hashes, for tests only."""
    public_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    worker_concurrency: int = 2

    @model_validator(mode="after")
    def _loopback_in_single_user_mode(self) -> Self:
        if self.mode == "single-user" and not self.is_loopback:
            raise ValueError(
                f"GREENROOM_HOST is {self.host}, but single-user mode signs everyone in and so binds "
                "loopback only. Set GREENROOM_MODE=multi-user to serve other machines."
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
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'greenroom.db'}"

    @property
    def redis(self) -> str:
        """Redis' URL, the embedded one's filled in."""
        return self.redis_url or f"unix://{self.data_dir / 'run' / 'valkey.sock'}"

    @property
    def runner(self) -> str:
        """The runner agent's URL, the embedded one's filled in."""
        return self.runner_url or f"unix://{self.data_dir / 'run' / 'runner.sock'}"


@lru_cache
def settings() -> Settings:
    """Return the process' settings; a wrong one is a ConfigurationError that names it."""
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(_sentences(error)) from None


def _sentences(error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        name = "".join(f"GREENROOM_{part}".upper() for part in fault["loc"][:1])
        text = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {text}" if name else text)
    return "\n".join(lines)
