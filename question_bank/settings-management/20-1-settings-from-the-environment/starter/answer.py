from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings


class Database(BaseModel):
    host: str
    password: SecretStr
    port: int = 5432


class Settings(BaseSettings):
    secret_key: SecretStr
    database: Database


def get_settings() -> Settings:
    raise NotImplementedError
