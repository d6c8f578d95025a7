"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562).

An index on them grows at its end.
"""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """Return a new UUID version 7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
