"""Messages to the workers. They leave after the commit, never before it and never after a rollback.

The database is the truth and a message only a hint: when the broker is away the request still
succeeds, the loss is logged, and the sweeper sends again what nobody has picked up.
"""

from collections.abc import Callable
from functools import lru_cache

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from sqlalchemy import event
from sqlalchemy.orm import Session

from greenroom.core.config import settings
from greenroom.core.redis import CONNECT_SECONDS, REDIS_ERRORS, broker_url

_PENDING = "greenroom.after_commit"
_FIRST, _BEHIND = 0, 9
_log = structlog.get_logger(__name__)

REDELIVERY_SECONDS = 60
"""After so long an unacknowledged message comes again; a second delivery finds nothing to claim."""


@lru_cache
def queue() -> Celery:
    """Return the process' Celery app. Results are not kept: they are in the database."""
    app = Celery("greenroom", broker=broker_url(settings().redis))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="greenroom",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "priority_steps": [_FIRST, _BEHIND],
            "visibility_timeout": REDELIVERY_SECONDS,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": CONNECT_SECONDS,
            # Whoever hands in does not wait for a broker that is away: the sweeper sends again.
            "max_retries": 1,
            "interval_start": 0,
        },
    )
    return app


def send(task_name: str, *args: str, delay: float = 0, behind: bool = False) -> bool:
    """Send a message now, to be worked on after `delay` seconds, or `behind` all that others wait
    for; False: the broker is away.
    """
    priority = _BEHIND if behind else _FIRST
    try:
        queue().send_task(
            task_name, args=args, retry=False, countdown=delay or None, priority=priority
        )
    except (OperationalError, *REDIS_ERRORS) as error:
        _log.warning("message not sent", task=task_name, args=args, reason=str(error))
        return False
    return True


def send_after_commit(
    session: Session, task_name: str, *args: str, delay: float = 0, behind: bool = False
) -> None:
    """Send a message once `session` has committed, and not at all when it rolls back."""
    call_after_commit(session, lambda: send(task_name, *args, delay=delay, behind=behind))


def call_after_commit(session: Session, action: Callable[[], object]) -> None:
    """Call `action` once `session` has committed. It must not raise, nor use the session."""
    session.info.setdefault(_PENDING, []).append(action)


@event.listens_for(Session, "after_commit")
def _act(session: Session) -> None:
    for action in session.info.pop(_PENDING, []):
        action()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def forget_queue() -> None:
    """Drop the process' Celery app, for tests."""
    queue.cache_clear()
