"""docker-compose.yml for real: brought up, an answer judged through it, its walls felt."""

import json
import re
import secrets
import time
from collections.abc import Iterator

import httpx2
import pytest

from greenroom_runner.docker_engine import ROLE
from tests.compose.stack import ENGINE_SOCKET, ROOT, SERVICES, Stack, run, running_stack

QUESTION = "full-name-hybrid"
REFERENCE = "question_bank/hybrid-properties-and-methods/12-1-full-name-hybrid/reference/answer.py"
HEALTHY_WITHIN = 120

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running_stack() as running:
        wait_until_healthy(running)
        yield running


def test_judges_a_right_answer(stack: Stack) -> None:
    password = secrets.token_urlsafe(16)
    add = [
        "greenroom",
        "users",
        "add",
        "ada@example.com",
        "--role",
        "candidate",
        "--password-stdin",
    ]
    stack.inside("web", *add, given=password + "\n")
    with httpx2.Client(base_url=f"{stack.address}/api/v1", timeout=90) as client:
        login = {"email": "ada@example.com", "password": password}
        token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        files = {"answer.py": (ROOT / REFERENCE).read_text(encoding="utf-8")}
        handed_in = client.post(
            f"/questions/{QUESTION}/submissions", json={"files": files, "mode": "submit"}
        )
        assert handed_in.status_code == 202, handed_in.text
        submission = handed_in.json()
        events = list(followed(client, stack.address + submission["events_url"]))
        judged = client.get(f"/submissions/{submission['id']}").raise_for_status().json()
    names = [name for name, _ in events]
    assert names[-1] == "verdict"
    assert names.count("check") == len(judged["checks"]) > 0
    assert (judged["status"], judged["verdict"]) == ("done", "accepted"), judged
    assert {check["status"] for check in judged["checks"]} == {"passed"}


def test_sandboxes_meet_the_runner_in_a_volume(stack: Stack) -> None:
    volume = stack.environment["GREENROOM_MEETING_VOLUME"]
    of_judge = ["--filter", f"volume={volume}", "--filter", f"label={ROLE}=judge"]
    judge = run(["docker", "ps", "--quiet", *of_judge]).split()[0]
    # The kernel lists the end that was accepted where the one who came has its network.
    connected = run(["docker", "exec", judge, "cat", "/proc/net/unix"])
    assert re.search(r"/[0-9a-f]{32}$", connected, re.MULTILINE), connected
    assert stack.inside("runner", "stat", "--format=%a %u", "/run/meeting").strip() == "711 10002"


def test_lets_nobody_in_without_a_token(stack: Stack) -> None:
    answer = httpx2.post(
        f"{stack.address}/api/v1/questions/{QUESTION}/submissions",
        json={"files": {"answer.py": "x = 1"}, "mode": "submit"},
    )
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_only_the_runner_holds_the_engine(stack: Stack) -> None:
    holders = {
        service
        for service in SERVICES
        if any(
            mount["Source"] == str(ENGINE_SOCKET) for mount in stack.container(service)["Mounts"]
        )
    }
    assert holders == {"runner"}
    for service in ("web", "worker"):
        stack.inside(
            service, "sh", "-c", f"! test -e {ENGINE_SOCKET} && ! test -e /run/docker.sock"
        )
    assert stack.container("runner")["HostConfig"]["NetworkMode"] == "none"


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_part_is_sealed(stack: Stack, service: str) -> None:
    host = stack.container(service)["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert stack.inside(service, "sh", "-c", "id -u").strip() != "0"
    stack.inside(service, "sh", "-c", "! touch /etc/written 2>/dev/null")


def test_only_the_site_is_published_and_only_to_this_machine(stack: Stack) -> None:
    published = {
        service: [
            binding["HostIp"]
            for bindings in (stack.container(service)["NetworkSettings"]["Ports"] or {}).values()
            for binding in bindings or []
        ]
        for service in SERVICES
    }
    assert published == {service: [] for service in SERVICES} | {"web": ["127.0.0.1"]}


def wait_until_healthy(stack: Stack) -> None:
    """Every part has a health check, and each of them says healthy."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    while True:
        health = {service: health_of(stack, service) for service in SERVICES}
        if set(health.values()) == {"healthy"}:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"{health}\n{stack.compose('logs', '--tail', '40')}")
        time.sleep(0.5)


def health_of(stack: Stack, service: str) -> str:
    state = stack.container(service)["State"]
    return str(state["Health"]["Status"]) if "Health" in state else "no health check"


def followed(client: httpx2.Client, address: str) -> Iterator[tuple[str, object]]:
    """The names and data of a submission's events, up to the verdict."""
    name = ""
    with client.stream("GET", address) as stream:
        assert stream.status_code == 200
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)
                if name == "verdict":
                    return
    pytest.fail("the stream ended without a verdict")
