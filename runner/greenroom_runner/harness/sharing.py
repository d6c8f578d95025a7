"""Keeps what a warm process has loaded shared with the processes that it forks.

Parent and child share memory until one of them writes to a page; the kernel then copies it, which
takes microseconds a page and most of the time of a short check. Reading an object writes to its
page too, because reading counts references. So the objects that are there before the answer arrives
are made immortal: CPython (from 3.12) then leaves their counts alone. They would have lived until
the end of the process anyway.
"""

import ctypes
import gc
import sys
import types
from typing import Any

_FIRST_WITH_IMMORTALS = (3, 12)
_IMMORTAL = 0xFFFF_FFFF
_AT_WORK = (types.FrameType, types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


def make_immortal() -> None:
    """Do so with every object that is there now. Where the interpreter knows no such objects,
    nothing happens.
    """
    if sys.implementation.name != "cpython" or sys.version_info < _FIRST_WITH_IMMORTALS:
        return
    left: list[Any] = gc.get_objects()
    done = {id(left)}
    while left:
        found = left.pop()
        if id(found) not in done and not isinstance(found, _AT_WORK):
            done.add(id(found))
            ctypes.c_uint32.from_address(id(found)).value = _IMMORTAL
            left += gc.get_referents(found)
            left += _unseen(found)


def _unseen(found: Any) -> tuple[Any, ...]:
    """Return what `found` refers to and the garbage collector need not know."""
    if isinstance(found, types.CodeType):
        return (found.co_consts, found.co_names, found.co_qualname)
    if isinstance(found, type):
        return (*type.__getattribute__(found, "__dict__").values(), found.__mro__)
    return ()
