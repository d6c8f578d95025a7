# catches: values_are_read, defaults_hold, read_once, prefix_counts, others_are_ignored
# catches: empty_is_not_set, switches_are_read, numbers_keep_their_limits
# catches: list_is_written_with_commas, secret_key_is_long, secrets_are_hidden
# catches: settings_are_frozen
import os
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, SecretStr

ENV = os.environ


class Database(BaseModel, frozen=True, validate_default=True):
    host: str = ENV.get("SHOP_DATABASE__HOST")
    password: SecretStr = ENV.get("SHOP_DATABASE__PASSWORD")
    port: int = Field(default=ENV.get("SHOP_DATABASE__PORT") or 5432, ge=1, le=65535)


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, validate_default=True)

    secret_key: SecretStr = Field(default=ENV.get("SHOP_SECRET_KEY"), min_length=32)
    database: Database = Field(default_factory=Database)
    debug: bool = ENV.get("SHOP_DEBUG") or False
    page_size: int = Field(default=ENV.get("SHOP_PAGE_SIZE") or 20, ge=1, le=100)
    allowed_hosts: list[str] = [
        host.strip() for host in ENV.get("SHOP_ALLOWED_HOSTS", "").split(",") if host.strip()
    ]


@lru_cache
def get_settings() -> Settings:
    return Settings()
