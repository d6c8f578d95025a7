"""News that travel upward: a lower room publishes, a higher one has subscribed, and neither knows
the other.

A handler runs in the publisher's transaction and takes the same database session.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

EventT = TypeVar("EventT")
_handlers: dict[type, list[Callable[[Session, Any], None]]] = defaultdict(list)


def subscribe(event: type[EventT], handler: Callable[[Session, EventT], None]) -> None:
    """Call `handler` for every published `event`; a second subscription of the same pair changes
    nothing.
    """
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(session: Session, event: object) -> None:
    """Hand `event` to all its handlers, in the order in which they subscribed."""
    for handler in _handlers[type(event)]:
        handler(session, event)
