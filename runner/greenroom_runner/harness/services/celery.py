"""A worker of the answer's own Celery app; the Redis beside the answer is broker and backend."""

import importlib
import os
from pathlib import Path
from typing import Any

from greenroom_runner.harness.confining import Confinement
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.inside.serving import refusals
from greenroom_runner.harness.services.process import Ended, Process
from greenroom_runner.harness.services.redis import Redis


class Celery:
    """The worker runs the answer's code: as the answer's user, within the answer's limits, in a
    process that loads the answer for itself. A reset replaces it.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._nursery: Process | None = None
        self._confinement: Confinement | None = None

    def start(self, folder: Path) -> dict[str, str]:
        del folder
        self._begin()
        return {"CELERY_BROKER_URL": self._redis.url, "CELERY_RESULT_BACKEND": self._redis.url}

    def accompany(self, answer: Confinement) -> None:
        """Start the first worker. Raises ServiceError where it finds no app: so would any other."""
        self._confinement = answer
        self._launch()
        self._running.exchange({"t": "loaded"})

    def keep(self) -> None:
        """What a check meets is a new worker, and what Redis has kept."""

    def reset(self) -> None:
        """Replace the worker. What is queued is put back while there is none."""
        try:
            self._running.exchange({"t": "end"})
        except Ended:
            self.stop()
            self._begin()
        self._redis.reset()
        if self._confinement is not None:
            self._launch()

    def ask(self, what: str, arguments: list[Any]) -> Any:
        return self._running.ask(what, arguments)

    def stop(self) -> None:
        if self._nursery is not None:
            self._nursery.end()

    @property
    def _running(self) -> Process:
        assert self._nursery is not None, "the service was not started"
        return self._nursery

    def _begin(self) -> None:
        self._nursery = Process("celery", _nurse)
        self._nursery.receive()

    def _launch(self) -> None:
        assert self._confinement is not None, "there is no answer yet"
        answer = self._confinement.frame()
        self._running.exchange({"t": "launch", "answer": answer, "environment": dict(os.environ)})


def _nurse(port: Port) -> None:
    with refusals("celery", port):
        importlib.import_module(f"{__package__}.inside.nursery").serve(port)
