"""The database session of a request.

It commits after the route's function and before the response leaves, so an answer never promises
what was not stored, and a stream never holds a connection.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from greenroom.core.db import transaction


def request_session() -> Iterator[Session]:
    """Open the request's session."""
    with transaction() as session:
        yield session


DbSession = Annotated[Session, Depends(request_session, scope="function")]
