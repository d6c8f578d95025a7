"""The services of one sandbox: what they need, in which order they come, how they are asked."""

import os
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from greenroom_runner.harness import frames
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.services.group import Services
from greenroom_runner.harness.services.needs import NEEDS, Needs, together, with_implied
from greenroom_runner.harness.values import decode, encode
from greenroom_runner.request import Beside
from tests.support.beside import folder_for_services


def test_whatever_runs_beside_an_answer_says_what_it_needs() -> None:
    assert set(NEEDS) == set(get_args(Beside))


def test_needs_add_up_with_what_a_service_brings_along() -> None:
    assert with_implied(["postgres", "celery", "redis"]) == ("postgres", "redis", "celery")
    both = together(["celery", "redis"])
    assert both.memory_mib == NEEDS["celery"].memory_mib + NEEDS["redis"].memory_mib
    assert both.shared_memory is False
    assert together(["redis", "postgres"]).shared_memory is True
    assert together([]) == Needs()


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(os, "environ", {**os.environ})
    with folder_for_services() as folder:
        services = Services(["redis"], folder / "services")
        (folder / "services").mkdir()
        services.start()
        yield services
        services.stop()
        assert not (folder / "services").exists()


def asked(services: Services, name: str, what: str, *arguments: Any) -> Frame:
    """Return the reply to a grader's question, as it travels."""
    op = {"n": 7, "name": name, "what": what, "args": encode(list(arguments))}
    packed = services.reply(op)
    reply = frames.parse(packed[frames.HEADER :])
    assert (reply["t"], reply["n"]) == ("reply", 7)
    return reply


def test_the_answer_finds_them_by_its_environment(services: Services) -> None:
    assert os.environ["REDIS_URL"].startswith("redis://127.0.0.1:")
    assert services.pids == NEEDS["redis"].pids


def test_values_go_in_and_come_out(services: Services) -> None:
    assert asked(services, "redis", "SET", "key", b"\xff")["value"] == "OK"
    assert decode(asked(services, "redis", "GET", "key")["value"]) == b"\xff"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("kafka", "topics"), "There is no service kafka beside this answer."),
        (("redis", "NONSENSE"), "Redis: unknown command 'NONSENSE', with args beginning with: "),
        (("redis", "GET", "large"), "What redis replied cannot be looked at: it is too large."),
    ],
)
def test_what_cannot_be_answered_is_said(
    services: Services, question: tuple[str, ...], message: str
) -> None:
    asked(services, "redis", "SETRANGE", "large", 3_000_000, "x")
    name, what, *arguments = question
    error = asked(services, name, what, *arguments)["error"]
    assert (error["kind"], error["message"]) == ("service", message)
