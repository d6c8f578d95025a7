"""A setting that cannot be is refused in one sentence that names it, before anything is touched."""

from pathlib import Path

import pytest

from tests.support.environment import Environment
from tests.support.program import Program

WRONG = {
    "PORT": ("abc", "GREENROOM_PORT cannot be 'abc'. It should be a valid integer"),
    "PORT ": ("70000", "GREENROOM_PORT cannot be '70000'. It should be less than"),
    "HOST": ("0.0.0.0", "GREENROOM_HOST is 0.0.0.0, but single-user mode signs everyone in"),
    "MODE": ("both", "GREENROOM_MODE cannot be 'both'. It should be 'single-user' or"),
    "SANDBOX": ("podman", "GREENROOM_SANDBOX cannot be 'podman'. It should be 'auto', 'docker'"),
    "LOG_LEVEL": ("loud", "GREENROOM_LOG_LEVEL cannot be 'loud'. It should be 'debug', 'info'"),
    "WORKER_CONCURRENCY": ("0", "GREENROOM_WORKER_CONCURRENCY cannot be '0'. It should be greater"),
    "POOL_MEMORY_MIB": ("-1", "GREENROOM_POOL_MEMORY_MIB cannot be '-1'. It should be greater"),
    "PUBLIC_URL": ("http://x:abc", "GREENROOM_PUBLIC_URL cannot be 'http://x:abc'. It looks like"),
    "RUNNER_URL": ("tcp://nowhere", "GREENROOM_RUNNER_URL cannot be 'tcp://nowhere'. It looks"),
    "SANDBOX_MEETING": ("meeting", "GREENROOM_SANDBOX_MEETING cannot be 'meeting'. It looks like"),
    "SECRET_KEY": ("hunter2", "GREENROOM_SECRET_KEY cannot be used. It is too short. Use at least"),
}
REDIS = ("nonsense", "redis://h:abc/0", "redis://h/name", "redis://[::1", "unix://", "http://h")
DATABASES = ("nonsense", "mysql://h/n", "postgresql://h:abc/n", "sqlite://", "sqlite:///:memory:")


@pytest.mark.parametrize("name", WRONG)
def test_says_which_setting_and_what_it_should_be(
    name: str, program: Program, environment: Environment, tmp_path: Path
) -> None:
    value, sentence = WRONG[name]
    told = refused(program, environment, tmp_path, **{name.strip(): value})
    assert told.startswith(sentence)
    assert "hunter2" not in told, "a secret is not for the screen"


@pytest.mark.parametrize("url", REDIS)
def test_an_address_of_redis(
    url: str, program: Program, environment: Environment, tmp_path: Path
) -> None:
    told = refused(program, environment, tmp_path, REDIS_URL=url)
    assert told == (
        "GREENROOM_REDIS_URL cannot be used. "
        "It looks like redis://HOST:6379/0 or unix:///path/to.sock.\n"
    )


@pytest.mark.parametrize("url", DATABASES)
def test_an_address_of_a_database(
    url: str, program: Program, environment: Environment, tmp_path: Path
) -> None:
    told = refused(program, environment, tmp_path, DATABASE_URL=url)
    assert told.startswith(
        "GREENROOM_DATABASE_URL cannot be used. It looks like postgresql+psycopg"
    )


def refused(program: Program, environment: Environment, tmp_path: Path, **settings: str) -> str:
    """Start with these settings; return the one line that was told."""
    environment.leave(**settings)
    ended = program("serve")
    assert ended.status == 1
    assert ended.out == ""
    assert len(ended.told.splitlines()) == 1
    assert not (tmp_path / "data").exists()
    return ended.told
