"""The process of a Celery worker. It loads the answer and runs its tasks: from then on it shares
its memory with hostile code, and what it writes is an observation.
"""

import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import celery.apps.worker
import celery.backends.redis
import celery.concurrency.prefork
import kombu.transport.redis  # noqa: F401 - the same
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready
from celery.worker import state

from greenroom_runner.harness import system
from greenroom_runner.harness.answering import load
from greenroom_runner.harness.confining import Confinement, confine
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.port import Port

NAMES = ("celery_app", "celery", "app")
"""What an answer may call its Celery app."""
_OPTIONS: dict[str, Any] = {
    "pool": "prefork",  # the one that keeps time limits
    "concurrency": 1,
    "hostname": "worker@sandbox",
    "loglevel": "WARNING",
    "quiet": True,
    "redirect_stdouts": False,  # what a task prints is told as it is
    "without_gossip": True,
    "without_mingle": True,
    "without_heartbeat": True,
}


class _NoWorker(Exception):
    """There can be no worker. The text is for the candidate."""


def work(channel: int, log: int, answer: Confinement, environment: Mapping[str, str]) -> NoReturn:
    """Be the worker of an answer, until it is ended. `log` takes what it prints."""
    port = Port(channel, channel)
    status = 1
    try:
        os.setsid()
        for stream in (1, 2):
            os.dup2(log, stream)
        system.close_all_but(channel)
        os.environ.clear()
        os.environ.update(environment)
        confine(answer)
        app = _app(answer)
        port.send({"t": "loaded"})
        _run(app, port)
        status = 0
    except _NoWorker as problem:
        port.send({"t": "failed", "message": str(problem)})
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _app(answer: Confinement) -> celery.Celery:
    module, error = load(Path(answer.work, answer.main), answer.work)
    if error is not None:
        what = f"{error['type']}: {error['message']}"
        raise _NoWorker(f"The Celery worker cannot load the answer: {what}")
    for holder in (module, *_others(answer.work)):
        for name in NAMES:
            found = getattr(holder, name, None)
            if isinstance(found, celery.Celery):
                return found
    raise _NoWorker(f"The answer has no Celery app. Call it {NAMES[0]}, {NAMES[1]} or {NAMES[2]}.")


def _others(folder: str) -> Iterator[Any]:
    """Return the modules of the answer's other files, as far as it imports them."""
    for module in list(sys.modules.values()):
        if str(getattr(module, "__file__", None)).startswith(f"{folder}/"):
            yield module


def _run(app: celery.Celery, port: Port) -> None:
    def ready(sender: Any, **_: Any) -> None:
        sender.hub.add_reader(port.reader, _report, sender, port)
        port.send({"t": "ready"})

    worker_ready.connect(ready, weak=False)
    # Root's worker is as confined as root's answer.
    os.environ["C_FORCE_ROOT"] = "1"
    warnings.simplefilter("ignore", SecurityWarning)
    app.Worker(**_OPTIONS).start()


def _report(consumer: Any, port: Port) -> None:
    """Say how the worker is doing, between two events of its loop."""
    question = port.receive()
    if question is None:
        os._exit(0)
    port.send({"t": "state", "n": question["n"], **_state(consumer.app)})


def _state(app: celery.Celery) -> Frame:
    connections: Any = app.pool
    with connections.acquire(block=True) as connection:
        channel = connection.default_channel
        queues = app.amqp.queues.consume_from
        waiting = sum(channel.queue_declare(queue=name).message_count for name in queues)
        held = channel.client.hlen(channel.unacked_key)
    active = len(state.active_requests)
    return {
        "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
        "waiting": waiting,
        "taken": max(held, len(state.reserved_requests) - active),
        "active": active,
    }
