from pydantic import Field, PositiveInt, SecretStr, field_validator
from pydantic_settings import BaseSettings

COMMON = {"frozen": True, "hide_input_in_errors": True, "env_ignore_empty": True, "extra": "ignore"}


class DatabaseSettings(BaseSettings):
    model_config = {**COMMON, "env_prefix": "SHOP_DATABASE__"}

    host: str
    password: SecretStr
    port: PositiveInt = Field(5432, lt=65536)


class Settings(BaseSettings):
    model_config = COMMON

    secret_key: SecretStr = Field(validation_alias="SHOP_SECRET_KEY")
    debug: bool = Field(False, validation_alias="SHOP_DEBUG")
    page_size: PositiveInt = Field(20, validation_alias="SHOP_PAGE_SIZE", le=100)
    hosts: str = Field("", validation_alias="SHOP_ALLOWED_HOSTS")
    database: DatabaseSettings = Field(default_factory=DatabaseSettings, init=False)

    @field_validator("secret_key")
    @classmethod
    def long_enough(cls, key):
        if len(key.get_secret_value()) < 32:
            raise ValueError("at least 32 characters are needed")
        return key

    @property
    def allowed_hosts(self) -> list[str]:
        stripped = (host.strip() for host in self.hosts.split(","))
        return [host for host in stripped if host]


class _Kept:
    settings: Settings | None = None


def get_settings() -> Settings:
    if _Kept.settings is None:
        _Kept.settings = Settings()
    return _Kept.settings
