"""What a stream asks the database when the stream itself cannot tell: is the judgement closed?"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from greenroom.core.db import transaction
from greenroom.judging import queries
from greenroom.judging.entries import Entry, entries_of
from greenroom.judging.stream import StreamHub


def follow(hub: StreamHub, judgement_id: UUID, after: str) -> AsyncIterator[Entry | None]:
    """Yield the entries behind `after` up to the verdict; None now and then in silence."""
    return hub.follow(judgement_id, after, lambda: asyncio.to_thread(closed, judgement_id))


def closed(judgement_id: UUID) -> list[Entry] | None:
    """Return all entries of a closed judgement, None while it is open."""
    with transaction() as session:
        judgement = queries.judgement_with_checks(session, judgement_id)
        return None if judgement.status in queries.OPEN else list(entries_of(judgement))
