import re
from functools import cache
from typing import Annotated

from annotated_types import Ge, Le, Len
from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr
from pydantic_settings import BaseSettings, NoDecode

def split(value):
    return re.findall(r"[^,\s](?:[^,]*[^,\s])?", value) if isinstance(value, str) else value


Port = Annotated[int, Ge(1), Le(65535)]
Hosts = Annotated[
    list[str],
    NoDecode,
    BeforeValidator(split),
]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Database(Frozen):
    host: str
    port: Port = 5432
    password: SecretStr


class Settings(
    BaseSettings,
    frozen=True,
    hide_input_in_errors=True,
    env_prefix="shop_",
    env_nested_delimiter="__",
    env_ignore_empty=True,
):
    debug: bool = False
    page_size: Annotated[int, Ge(1), Le(100)] = 20
    allowed_hosts: Hosts = []
    secret_key: Annotated[SecretStr, Len(32)]
    database: Database


@cache
def get_settings() -> Settings:
    return Settings()
