"""Keeping hold of a judgement while it runs: a thread renews the lease, and tells when it is lost
or the judgement cancelled.
"""

import threading
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from greenroom.core.db import transaction
from greenroom.core.redis import REDIS_ERRORS
from greenroom.judging import journal, service

MOST_SECONDS = 8.0
_log = structlog.get_logger(__name__)


class LeaseKeeper:
    """Renews a lease until it is left; `held` turns false once somebody else has ended it."""

    def __init__(self, judgement_id: UUID, token: UUID, lease: timedelta) -> None:
        """Hold `token`'s lease on a judgement; it is renewed three times in each `lease`."""
        self._judgement_id = judgement_id
        self._token = token
        self._lease = lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self.held = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        journal.wake(self._judgement_id)
        self._thread.join()

    def lost(self) -> bool:
        """Whether the work is in vain: the judgement was cancelled, or another worker has it."""
        return not self.held

    def _keep(self) -> None:
        pause = min(self._lease.total_seconds() / 3, MOST_SECONDS)
        while not self._over.is_set():
            self._wait(pause)
            if not self._over.is_set() and not self._renewed():
                self.held = False
                return

    def _wait(self, seconds: float) -> None:
        try:
            journal.await_wake(self._judgement_id, seconds)
        except REDIS_ERRORS:
            self._over.wait(seconds)

    def _renewed(self) -> bool:
        try:
            with transaction() as session:
                return service.renew(session, self._judgement_id, self._token, self._lease)
        except SQLAlchemyError as error:
            # Whether it still holds is decided when the verdict is recorded, not by a database
            # that is away.
            _log.warning("lease not renewed", judgement=str(self._judgement_id), reason=str(error))
            return True
