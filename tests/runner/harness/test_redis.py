"""A real Redis beside an answer: what a check changes is undone, and nothing ends it for long."""

import importlib.util
import os
import time
from collections.abc import Iterator

import pytest
import redis

from greenroom_runner.harness.services import redis as module
from greenroom_runner.harness.services.protocol import Service, ServiceError
from tests.support.beside import running

Client = redis.Redis


@pytest.fixture
def started() -> Iterator[tuple[Service, str]]:
    with running("redis") as (service, environment):
        yield service, environment["REDIS_URL"]


@pytest.fixture
def service(started: tuple[Service, str]) -> Service:
    return started[0]


@pytest.fixture
def client(started: tuple[Service, str]) -> Iterator[Client]:
    with Client.from_url(started[1], decode_responses=True) as client:
        yield client


def test_what_loading_left_is_there_before_every_check(service: Service, client: Client) -> None:
    client.hset("user", mapping={"name": "Ada"})
    client.set("session", "x", ex=1000)
    with Client.from_url("redis://127.0.0.1", port=port(client), db=3) as third:
        third.rpush("jobs", "one", b"\xff")
    service.keep()
    client.delete("user")
    client.set("session", "y")
    client.set("more", "z")
    service.reset()
    assert service.ask("HGETALL", ["user"]) == {"name": "Ada"}
    assert service.ask("GET", ["session"]) == "x"
    assert 990 < service.ask("TTL", ["session"]) <= 1000
    assert service.ask("EXISTS", ["more"]) == 0
    service.ask("SELECT", [3])
    assert service.ask("LRANGE", ["jobs", 0, -1]) == ["one", b"\xff"]


def port(client: Client) -> int:
    found: int = client.get_connection_kwargs()["port"]
    return found


def test_a_key_that_expired_meanwhile_stays_away(service: Service, client: Client) -> None:
    client.set("short", "x", px=60)
    service.keep()
    deadline = time.monotonic() + 5
    while client.exists("short"):
        assert time.monotonic() < deadline
    service.reset()
    assert service.ask("EXISTS", ["short"]) == 0


@pytest.mark.parametrize("kept", [False, True])
def test_settings_users_and_functions_go_back(service: Service, client: Client, kept: bool) -> None:
    """`kept`: loading the answer has set some."""
    if kept:
        client.config_set("slowlog-max-len", 50)
        client.acl_setuser("own", enabled=True, nopass=True, keys=["*"], commands=["+get"])
        client.function_load("#!lua name=one\nredis.register_function('one', function() end)")
        service.keep()
    client.config_set("slowlog-max-len", 60)
    client.function_load("#!lua name=two\nredis.register_function('two', function() end)")
    client.acl_setuser("spy", enabled=True, nopass=True)
    client.acl_setuser("own", enabled=False)
    service.reset()
    settings = service.ask("CONFIG", ["GET", "slowlog-max-len"])
    assert settings == {"slowlog-max-len": "50" if kept else "128"}
    assert [one["library_name"] for one in service.ask("FUNCTION", ["LIST"])] == ["one"] * kept
    assert service.ask("ACL", ["USERS"]) == ["default", *["own"] * kept]
    if kept:
        assert "on" in service.ask("ACL", ["GETUSER", "own"])["flags"]


def test_a_script_stays_known(service: Service, client: Client) -> None:
    """Answers load their scripts once, at import, and call them by their digest."""
    script = client.script_load("return 7")
    service.keep()
    service.reset()
    assert service.ask("EVALSHA", [script, 0]) == 7


def test_a_connection_of_before_is_closed(service: Service, client: Client) -> None:
    client.ping()
    assert len(service.ask("CLIENT", ["LIST"]).splitlines()) == 2
    service.reset()
    assert len(service.ask("CLIENT", ["LIST"]).splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("SHUTDOWN", "NOSAVE"),
        ("ACL", "SETUSER", "default", "-@all"),
        ("CONFIG", "SET", "requirepass", "secret"),
    ],
)
def test_it_comes_back_with_what_was_kept(
    service: Service, client: Client, command: tuple[str, ...]
) -> None:
    client.set("kept", "yes")
    service.keep()
    try:
        client.execute_command(*command)  # type: ignore[no-untyped-call]
    except redis.ConnectionError:
        with pytest.raises(ServiceError, match=r"^Redis does not answer\.$"):
            service.ask("GET", ["kept"])
    service.reset()
    assert service.ask("GET", ["kept"]) == "yes"
    client.connection_pool.disconnect()
    assert client.get("kept") == "yes"


def test_a_flood_is_refused_by_redis_and_not_kept(service: Service, client: Client) -> None:
    flood = client.pipeline(transaction=False)
    for number in range(100):
        flood.set(str(number), "x" * 1_000_000)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        flood.execute()
    assert service.ask("DBSIZE", []) > 1
    service.reset()
    assert service.ask("DBSIZE", []) == 0


def test_more_than_can_be_kept_is_left_as_it_is(
    service: Service, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 1000)
    client.set("large", os.urandom(2000).hex())
    service.keep()
    client.set("more", "y")
    service.reset()
    assert sorted(service.ask("KEYS", ["*"])) == ["large", "more"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (("NONSENSE",), "Redis: unknown command 'NONSENSE'"),
        (("BLPOP", "nothing", 0), "Redis: Timeout reading"),
        (("GET", ["a list"]), "Redis: Invalid input"),
    ],
)
def test_what_it_cannot_answer_is_said_in_a_sentence(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    question: tuple[str, ...],
    sentence: str,
) -> None:
    service.stop()
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.2)
    service.reset()
    command, *arguments = question
    with pytest.raises(ServiceError, match=f"^{sentence}"):
        service.ask(command, list(arguments))
    assert service.ask("PING", []) == "PONG"


def test_a_machine_without_a_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceError, match="this machine has no Valkey or Redis"), running("redis"):
        pass
