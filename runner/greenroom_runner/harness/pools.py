"""Closes what loading the answer left in SQLAlchemy's pools, before its process forks.

Checks cannot share a connection to a server, and the server ends those that loading made. A pool
does not notice either: it would hand out a dead connection, which in a process that never forked
would have been a good one.
"""

import contextlib
import gc
import sys

_SERVERS = ("postgresql",)
"""SQLite's connections stay: they hold databases that exist in memory alone."""


def close() -> None:
    """Empty the pools of all engines that there are. Their next connections are new ones."""
    library = sys.modules.get("sqlalchemy")
    if library is None:
        return
    for found in gc.get_objects():
        # The exact type: no code of the answer's is asked what it is.
        if type(found) is library.Engine and found.dialect.name in _SERVERS:
            with contextlib.suppress(Exception):
                found.dispose(close=not found.dialect.is_async)
