import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from greenroom_runner.harness.services.inside import target as inside
from greenroom_runner.harness.services.inside import web
from greenroom_runner.harness.services.protocol import ServiceError
from tests.support.beside import Start, Started

LOCUSTFILE = """
from locust import HttpUser, constant, task

class Shopper(HttpUser):
    wait_time = constant(0)

    @task(3)
    def look(self):
        self.client.get("/items?page=1", name="/items")

    @task
    def buy(self):
        with self.client.post("/orders", json={"item": 1}, catch_response=True) as response:
            if response.status_code != 503:
                response.failure("it should be away")
            else:
                response.success()
"""
MALFORMED = {
    "no request": b"hello\r\n\r\n",
    "an endless head": b"GET / HTTP/1.1\r\nx: " + b"x" * 100_000,
    "a bad length": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a bad chunk": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
    "zeros": b"\0" * 1000,
}


def client_of(target: Started) -> httpx2.Client:
    return httpx2.Client(base_url=target.environment["TARGET_URL"])


def raw(target: Started, sent: bytes) -> bytes:
    url = httpx2.URL(target.environment["TARGET_URL"])
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as reply:
            return reply.read()


def test_requests_are_counted_by_method_and_path(start: Start) -> None:
    target = start("target")
    before = time.time()
    with client_of(target) as client:
        for _ in range(3):
            assert client.get("/items?page=1").json() == {}
        client.post("/items", json={"a": 1}, headers={"user-agent": "shopper"})
    seen = target.ask("requests")
    assert seen["counts"] == {"GET /items": 3, "POST /items": 1}
    assert seen["agents"]["shopper"] == 1
    assert sum(seen["agents"].values()) == 4
    assert before <= seen["first"] <= seen["last"] <= time.time()


def test_nothing_was_seen_at_first(start: Start) -> None:
    assert start("target").ask("requests") == {
        "counts": {},
        "agents": {},
        "first": None,
        "last": None,
    }


def test_replies_are_as_they_were_scripted(start: Start) -> None:
    target = start("target")
    target.ask("answer", "POST", "/orders", 503, {"detail": "away"})
    target.ask("answer", "GET", "/", 200, "hello")
    with client_of(target) as client:
        away, hello, head = client.post("/orders"), client.get("/?x=1"), client.head("/")
    assert (away.status_code, away.json()) == (503, {"detail": "away"})
    assert (hello.text, hello.headers["content-type"]) == ("hello", "text/plain; charset=utf-8")
    assert (head.status_code, head.content) == (200, b"")
    with pytest.raises(ServiceError, match=r"^A reply cannot have the status 99\. Use 200 to 599"):
        target.ask("answer", "GET", "/", 99)


def test_a_reset_goes_back_to_what_was_kept(start: Start) -> None:
    target = start("target")
    target.ask("answer", "GET", "/", 404)
    with client_of(target) as client:
        client.get("/")
        target.keep()
        target.ask("answer", "GET", "/", 500)
        assert client.get("/").status_code == 500
    target.reset()
    assert target.ask("requests")["counts"] == {"GET /": 1}
    with client_of(target) as client:
        assert client.get("/").status_code == 404


def test_a_reset_ends_what_was_under_way(start: Start) -> None:
    target = start("target")
    url = httpx2.URL(target.environment["TARGET_URL"])
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(b"GET /late HTTP/1.1\r\nhost: x\r\n")
        target.reset()
        with suppress(OSError):
            connection.sendall(b"\r\n")
            assert connection.recv(1) == b""
    assert target.ask("requests")["counts"] == {}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_refused_and_not_counted(start: Start, name: str) -> None:
    target = start("target")
    assert raw(target, MALFORMED[name])[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 431")
    assert target.ask("requests")["counts"] == {}


def test_a_body_that_is_too_large_is_refused(start: Start) -> None:
    target = start("target")
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (web.MAX_BODY + 1)
    assert raw(target, head + b"x" * (web.MAX_BODY + 1)).startswith(b"HTTP/1.1 413")
    assert target.ask("requests")["counts"] == {}


def test_only_so_many_paths_are_told_apart(start: Start) -> None:
    target = start("target")
    with client_of(target) as client:
        for number in range(inside.MAX_DIFFERENT + 5):
            client.get(f"/{number}")
        client.get("/" + "x" * 10_000)
    counts = target.ask("requests")["counts"]
    assert len(counts) == inside.MAX_DIFFERENT + 1
    assert counts["(others)"] == 6


def test_locust_finds_its_target(start: Start, tmp_path: Path) -> None:
    target = start("target")
    target.ask("answer", "POST", "/orders", 503)
    (tmp_path / "locustfile.py").write_text(LOCUSTFILE, "utf-8")
    command = [sys.executable, "-m", "locust", "--headless", "--locustfile", "locustfile.py"]
    options = ["--users", "5", "--spawn-rate", "5", "--run-time", "1s", "--only-summary"]
    done = subprocess.run(
        [*command, *options, "--host", target.environment["TARGET_URL"]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **target.environment},
    )
    assert done.returncode == 0, done.stderr
    counts = target.ask("requests")["counts"]
    assert set(counts) == {"GET /items", "POST /orders"}
    assert counts["GET /items"] > counts["POST /orders"]
