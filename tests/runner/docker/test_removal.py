"""However a container resists, it is gone soon after it is stopped."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from greenroom_runner.connection import connect
from greenroom_runner.docker_engine import DockerSandbox
from tests.runner.docker.conftest import ProbeEngine
from tests.support.sandboxes import containers_of, eventually

GONE_WITHIN = 5.0
AT_ONCE = 4
Figures = dict[str, Any]
Deep = Callable[[Figures, Figures], bool]


def crowded(before: Figures, now: Figures) -> bool:
    return bool(now["pids_stats"]["current"] >= now["pids_stats"]["limit"] * 0.8)


def busy(before: Figures, now: Figures) -> bool:
    return cpu(now) > cpu(before)


def blocked(before: Figures, now: Figures) -> bool:
    return cpu(now) == cpu(before)


def cpu(figures: Figures) -> int:
    return int(figures["cpu_stats"]["cpu_usage"]["total_usage"])


FLOOD = """
def flood(descriptor):
    while True:
        os.write(descriptor, bytes(1 << 16))
threading.Thread(target=flood, args=(2,)).start()
flood(1)
"""
# What the first process does after it has said a word, and how the engine's figures tell that it is
# deep in it. Streams are full, which once hung engines, when nothing moves any more.
ATTACKS: dict[str, tuple[str, Deep]] = {
    "a fork bomb": ("while True:\n    try: os.fork()\n    except OSError: pass", crowded),
    "a flood that nobody reads": (FLOOD, blocked),
    "a flood of many": ("for _ in range(4): os.fork()" + FLOOD, blocked),
    "children that ask for memory": (
        "while os.fork(): os.wait()\nkept = []\nwhile True: kept.append(bytes([1]) * (1 << 20))",
        busy,
    ),
    "busy threads": (
        "def spin():\n    while True: pass\n"
        "for _ in range(40): threading.Thread(target=spin).start()",
        busy,
    ),
    "a full disk": (
        "number = 0\nwhile True:\n    number += 1\n"
        "    try: open(f'/tmp/{number}', 'wb').write(bytes(20_000))\n    except OSError: pass",
        busy,
    ),
    "a crowd that was stopped": (
        "import signal\nfor _ in range(55):\n"
        "    if os.fork() == 0: os.kill(os.getpid(), signal.SIGSTOP)\nsignal.pause()",
        crowded,
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_is_gone_soon_after_it_is_stopped(probe: ProbeEngine, owner: str, name: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        taken = list(threads.map(lambda _: seconds_to_stop(probe, name), range(AT_ONCE)))
    assert max(taken) < GONE_WITHIN
    with closing(connect()) as client:
        assert containers_of(client, owner) == []


def seconds_to_stop(probe: ProbeEngine, name: str) -> float:
    code, deep = ATTACKS[name]
    sandbox = probe.start("say(begun=True)\n" + code)
    try:
        assert sandbox.channel.receive(time.monotonic() + 20) == {"begun": True}
        wait_until(probe, sandbox, deep)
    finally:
        begun = time.monotonic()
        sandbox.stop()
    return time.monotonic() - begun


def wait_until(probe: ProbeEngine, sandbox: DockerSandbox, deep: Deep) -> None:
    """Wait until two looks at the container say that it is deep in its attack."""
    api = probe.engine._client().api
    seen = [api.stats(sandbox.id, stream=False)]

    def is_deep() -> bool:
        seen.append(api.stats(sandbox.id, stream=False))
        return deep(*seen[-2:])

    eventually(is_deep, "the attack never took place")
