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

from greenroom_runner.harness import system

_FIRST_WITH_IMMORTALS = (3, 12)
_IMMORTAL = 0xFFFF_FFFF
_MORTAL_BELOW = 0xC000_0000  # no living object is referred to so often, and every immortal one is
_AT_ONCE = 10_000
_REACH = 1 << 46  # four bytes each: all that a process can address
_AT_WORK = (types.FrameType, types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


def share() -> None:
    """Let whatever is loaded now be shared by the processes that this one forks from here on."""
    gc.unfreeze()
    make_immortal()
    gc.freeze()
    system.give_memory_back()


def make_immortal() -> None:
    """Make every object immortal that is there now. Where the interpreter knows no such objects,
    nothing happens.
    """
    if sys.implementation.name != "cpython" or sys.version_info < _FIRST_WITH_IMMORTALS:
        return
    counts = (ctypes.c_uint32 * _REACH).from_address(0)
    left = gc.get_objects()
    while left:
        found = []
        for one in left[-_AT_ONCE:]:
            if sys.getrefcount(one) < _MORTAL_BELOW and type(one) not in _AT_WORK:
                counts[id(one) // 4] = _IMMORTAL  # an object begins with its count
                found.append(one)
        del left[-_AT_ONCE:]
        left += gc.get_referents(*found)
        for one in found:
            if type(one) is types.CodeType:  # which the garbage collector need not look into
                left += (one.co_consts, one.co_names, one.co_qualname)
