# catches: secrets_are_hidden
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Database(BaseModel, frozen=True):
    host: str
    password: str
    port: int = Field(default=5432, ge=1, le=65535)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SHOP_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        frozen=True,
    )

    secret_key: SecretStr = Field(min_length=32)
    database: Database
    debug: bool = False
    page_size: int = Field(default=20, ge=1, le=100)
    allowed_hosts: Annotated[list[str], NoDecode] = []

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _from_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [host.strip() for host in value.split(",") if host.strip()]
        return value


@lru_cache
def get_settings() -> Settings:
    return Settings()
