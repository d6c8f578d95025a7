"""How many judgements a machine carries out in a second while a few people keep handing in."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from greenroom.commands.benching.figures import Rate, Side

_FIELDS_OF_WORK = (1, 2, 3, 6, 7)
"""user, nice, system, irq and softirq in the first line of /proc/stat."""
_TICKS = 100


def rate(judge: Callable[[], object], submitters: int, seconds: float) -> Rate:
    """Have `submitters` call `judge` again and again for `seconds`, and return what came of it.

    What has begun is waited for, and counts with the time that it took. Raises what `judge` raises.
    """
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    started, busy = time.perf_counter(), busy_seconds()
    timer.start()
    try:
        with ThreadPoolExecutor(submitters) as people:
            found = [people.submit(_keep_on, judge, over) for _ in range(submitters)]
            times = [each for one in found for each in _result(one.result, over)]
    finally:
        timer.cancel()
    return Rate(Side(times), time.perf_counter() - started, busy_seconds() - busy)


def _keep_on(judge: Callable[[], object], over: threading.Event) -> list[float]:
    times: list[float] = []
    while not times or not over.is_set():
        started = time.perf_counter()
        judge()
        times.append(time.perf_counter() - started)
    return times


def _result(result: Callable[[], list[float]], over: threading.Event) -> list[float]:
    try:
        return result()
    except BaseException:
        over.set()  # the others stop as well
        raise


def busy_seconds(stat: Path = Path("/proc/stat")) -> float:
    """Return how many seconds the machine's processors have worked since it was started."""
    fields = stat.read_text(encoding="ascii").split("\n", 1)[0].split()
    return sum(int(fields[number]) for number in _FIELDS_OF_WORK) / _TICKS
